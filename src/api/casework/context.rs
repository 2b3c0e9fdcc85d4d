//! What casework rests on besides the store: law, working days, settings.

use std::sync::Arc;

use crate::config::Casework;
use crate::law::{Calendar, CalendarError, LawTables};
use crate::units::Micros;

/// Law, working days and settings of casework.
#[derive(Debug, Clone)]
pub struct CaseworkContext {
    /// Station code.
    pub station: String,
    /// Law tables.
    pub tables: Arc<LawTables>,
    /// Working days that the program carries; those of the register take their place year by year.
    pub calendar: Calendar,
    /// Settings.
    pub settings: Casework,
    /// Passages and cases of one plate within this span may be one act.
    pub act_window: Micros,
}

impl CaseworkContext {
    /// With the calendars that the program carries.
    ///
    /// # Errors
    /// When one of them contradicts itself.
    pub fn new(
        station: &str,
        tables: Arc<LawTables>,
        settings: Casework,
        act_window: Micros,
    ) -> Result<Self, CalendarError> {
        Ok(Self {
            station: station.to_owned(),
            tables,
            calendar: Calendar::embedded()?,
            settings,
            act_window,
        })
    }
}
