//! What a driver is told at the roadside (引导屏、信号灯): text and light by the verdict.
//!
//! A plate stands on a sign only when association let it through: a sign that calls the wrong truck
//! in is the first step of a fine on the wrong truck.

use crate::law::VerdictClass;
use crate::units::Micros;

/// Stands for the plate in a text.
pub const PLATE: &str = "{plate}";

/// Texts and light states by verdict; an empty one shows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuidanceSettings {
    /// Overloaded (超限).
    pub overloaded_text: String,
    /// Hundred-ton truck (百吨王).
    pub hundred_ton_text: String,
    /// Over by no more than the warning band.
    pub warning_text: String,
    /// Not over.
    pub clear_text: String,
    /// While nobody is spoken to.
    pub idle_text: String,
    /// Light or barrier for overloaded and hundred-ton trucks.
    pub overloaded_state: String,
    /// For a warning.
    pub warning_state: String,
    /// For vehicles that are not over.
    pub clear_state: String,
    /// While nobody is spoken to.
    pub idle_state: String,
    /// How long one vehicle is spoken to.
    pub hold: Micros,
}

impl Default for GuidanceSettings {
    fn default() -> Self {
        Self {
            overloaded_text: "{plate} 超限 请进站检测".to_owned(),
            hundred_ton_text: "{plate} 严重超限 请进站检测".to_owned(),
            warning_text: String::new(),
            clear_text: String::new(),
            idle_text: String::new(),
            overloaded_state: "red".to_owned(),
            warning_state: String::new(),
            clear_state: String::new(),
            idle_state: "off".to_owned(),
            hold: Micros::from_seconds(15),
        }
    }
}

/// What signs and lights show at one time; an empty part is left as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Text of a sign.
    pub text: String,
    /// State of a light or barrier.
    pub state: String,
}

/// What one vehicle is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guidance {
    /// Lane it drives in.
    pub lane: u16,
    /// When it crossed: of two vehicles the later one is spoken to.
    pub crossed_at: Micros,
    /// What is shown.
    pub content: Content,
}

impl GuidanceSettings {
    /// What a vehicle of this class is told; `None` when nothing is. `plate` is the plate that
    /// association let through.
    pub fn content(&self, class: VerdictClass, plate: Option<&str>) -> Option<Content> {
        let (text, state) = match class {
            VerdictClass::HundredTon => (&self.hundred_ton_text, &self.overloaded_state),
            VerdictClass::Overloaded => (&self.overloaded_text, &self.overloaded_state),
            VerdictClass::Warning => (&self.warning_text, &self.warning_state),
            VerdictClass::Clear => (&self.clear_text, &self.clear_state),
        };
        if text.is_empty() && state.is_empty() {
            return None;
        }
        let text = text.replace(PLATE, plate.unwrap_or_default());
        Some(Content {
            text: text.trim().to_owned(),
            state: state.clone(),
        })
    }

    /// What is shown while nobody is spoken to.
    pub fn idle(&self) -> Content {
        Content {
            text: self.idle_text.clone(),
            state: self.idle_state.clone(),
        }
    }

    /// Every text that a sign may have to show, with a plate in its place, and every state.
    pub fn everything(&self) -> Vec<Content> {
        [
            VerdictClass::HundredTon,
            VerdictClass::Overloaded,
            VerdictClass::Warning,
            VerdictClass::Clear,
        ]
        .into_iter()
        .filter_map(|class| self.content(class, Some("晋D12345")))
        .chain([self.idle()])
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plate_stands_only_where_it_is_sure() {
        let settings = GuidanceSettings::default();
        let text = |plate| {
            settings
                .content(VerdictClass::Overloaded, plate)
                .unwrap()
                .text
        };
        assert_eq!(text(Some("晋D12345")), "晋D12345 超限 请进站检测");
        assert_eq!(text(None), "超限 请进站检测");
    }

    #[test]
    fn a_vehicle_that_is_not_over_is_told_nothing_unless_the_station_wants_it() {
        let mut settings = GuidanceSettings::default();
        assert_eq!(settings.content(VerdictClass::Clear, None), None);
        settings.clear_state = "green".to_owned();
        let content = settings.content(VerdictClass::Clear, None).unwrap();
        assert_eq!(
            (content.text.as_str(), content.state.as_str()),
            ("", "green")
        );
        assert_eq!(settings.everything().len(), 4);
    }
}
