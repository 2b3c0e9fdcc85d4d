//! Whether a plate that is missed at the station was read there as another.

use super::super::Sighting;
use super::station::Station;
use crate::plate::{Likeness, compare};
use crate::units::Micros;

impl<'a> Station<'_, 'a> {
    /// The reading at the station that is this plate misread.
    pub(super) fn misread(
        &self,
        plate: &str,
        (from, to): (Micros, Micros),
        known: &[Sighting],
    ) -> Option<&'a str> {
        let axles = known.first().and_then(|own| own.axle_count());
        let fits = |sighting: &&Sighting| {
            let same = axles.zip(sighting.axle_count());
            sighting.site == self.here
                && (from..=to).contains(&sighting.at)
                && same.is_none_or(|(one, other)| one == other)
        };
        // Whoever is read elsewhere meanwhile under that plate bears it.
        let is_another = |text: &str, at: Micros| {
            let way = self.list.settings.under_way;
            self.list
                .with_text(text)
                .any(|other| other.site != self.here && other.at.saturating_sub(at).abs() <= way)
        };
        let of_text = |text: &'a str| {
            let mut here = self.list.with_text(text).filter(fits);
            here.any(|sighting| !is_another(text, sighting.at))
                .then_some(text)
        };
        // One that lost a character looks like none of the same length.
        let shorter = (0..plate.chars().count()).filter_map(|lost| {
            let rest = plate.chars().enumerate();
            let rest = rest.filter(|(place, _)| *place != lost);
            let text: String = rest.map(|(_, character)| character).collect();
            let own = self.list.with_text(&text).find(fits)?;
            own.plate.as_deref()
        });
        let gapped = self.list.within(&self.gapped, from, to).iter();
        let gapped = gapped
            .filter_map(|index| self.list.get(*index))
            .filter(fits);
        let gapped = gapped.filter_map(|sighting| {
            let text = sighting.plate.as_deref()?;
            let likeness = compare(plate, text);
            matches!(
                likeness,
                Likeness::Open { .. } | Likeness::LostOrAdded { .. }
            )
            .then_some(text)
        });
        let alike = self.list.look_alikes(plate).map(|(text, _)| text);
        let mut texts = alike.chain(shorter).chain(gapped);
        texts.find_map(of_text)
    }
}
