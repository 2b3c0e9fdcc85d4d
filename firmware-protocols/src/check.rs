//! Integrity checks of the wire formats.

use crc::{CRC_16_MODBUS, CRC_16_XMODEM, Crc};

static XMODEM: Crc<u16> = Crc::<u16>::new(&CRC_16_XMODEM);
static MODBUS: Crc<u16> = Crc::<u16>::new(&CRC_16_MODBUS);

/// Exclusive or of all bytes. Finds every single flipped bit, misses two in the same column.
pub fn xor(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum ^ byte)
}

/// Sum of all bytes, low eight bits.
pub fn sum8(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// Sum of the low seven bits of all bytes, low seven bits of it. A frame with its Toledo checksum
/// at the end sums to zero.
pub fn sum7(bytes: &[u8]) -> u8 {
    sum8(bytes) & 0x7F
}

/// CRC-16/XMODEM: polynomial 1021, initial value 0, nothing reflected, no final exclusive or.
/// Hamming distance 4 up to 4,093 bytes of data.
pub fn crc16(bytes: &[u8]) -> u16 {
    XMODEM.checksum(bytes)
}

/// CRC-16/MODBUS: polynomial 8005 reflected, initial value FFFF, no final exclusive or. On the wire
/// its low byte comes first.
pub fn crc16_modbus(bytes: &[u8]) -> u16 {
    MODBUS.checksum(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
        assert_eq!(crc16_modbus(b"123456789"), 0x4B37);
        assert_eq!(xor(b"+0020002"), 0x1B);
        assert_eq!(sum8(&[0xFF, 2]), 1);
        assert_eq!(sum7(&[0x82, 0x7E]), 0);
    }
}
