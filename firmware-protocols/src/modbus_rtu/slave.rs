//! The indicator's side, for simulators: a request in, the answer out.

use alloc::vec::Vec;

use super::Map;
use super::frame::{crc_is_right, exception, registers, word};
use crate::{EncodeError, Reading, Settings, SettingsError};

const ILLEGAL_FUNCTION: u8 = 1;
const ILLEGAL_ADDRESS: u8 = 2;
const ILLEGAL_VALUE: u8 = 3;

/// A simulated indicator with one map.
#[derive(Debug, Clone)]
pub struct Slave {
    map: Map,
}

impl Slave {
    /// An indicator with the registers that the settings of `modbus_rtu` describe.
    ///
    /// # Errors
    /// Those of [`Map::new`].
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let map = Map::new(settings)?;
        Ok(Self { map })
    }

    /// The answer to the bytes of one request while the indicator shows this; `None` where an
    /// indicator keeps silent: a request to another, a broken one. Any part of the block can be
    /// read, with the map's own function; everything else gets the exception of the standard.
    ///
    /// # Errors
    /// Those of [`Map::registers`].
    pub fn answer(
        &self,
        request: &[u8],
        reading: &Reading,
    ) -> Result<Option<Vec<u8>>, EncodeError> {
        let (unit, function) = match request {
            [unit, function, _, ..] if crc_is_right(request) => (*unit, *function),
            _ => return Ok(None),
        };
        if unit != self.map.unit {
            return Ok(None);
        }
        let refuse = |code| Ok(Some(exception(unit, function, code)));
        if function != self.map.function {
            return refuse(ILLEGAL_FUNCTION);
        }
        let (Some(address), Some(count), 8) = (word(request, 2), word(request, 4), request.len())
        else {
            return refuse(ILLEGAL_VALUE);
        };
        if !(1..=super::frame::READ_REGISTERS).contains(&count) {
            return refuse(ILLEGAL_VALUE);
        }
        let Some(from) = address.checked_sub(self.map.address).map(usize::from) else {
            return refuse(ILLEGAL_ADDRESS);
        };
        let block = self.map.registers(reading)?;
        match block.get(from..from + usize::from(count)) {
            Some(part) => registers(unit, function, part).map(Some),
            None => refuse(ILLEGAL_ADDRESS),
        }
    }
}
