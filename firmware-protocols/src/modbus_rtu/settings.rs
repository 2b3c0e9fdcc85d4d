//! The settings of `modbus_rtu`.

use crate::SettingSpec;
use crate::poll::POLL_MS;

/// The settings, with defaults for one signed weight of two registers.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "unit",
        default: "1",
        meaning: "the indicator's Modbus address, 1 to 247",
    },
    SettingSpec {
        key: "function",
        default: "3",
        meaning: "function that reads the registers: 3 (holding, 4xxxx in manuals) or 4 (input, 3xxxx)",
    },
    SettingSpec {
        key: "address",
        default: "0",
        meaning: "first register of the block that is polled, counted from 0: 40001 in a manual is 0",
    },
    SettingSpec {
        key: "count",
        default: "2",
        meaning: "how many registers the block has, 1 to 125",
    },
    SettingSpec {
        key: "register",
        default: "",
        meaning: "first register of the weight, counted from 0; empty: the first of the block",
    },
    SettingSpec {
        key: "kind",
        default: "i32",
        meaning: "u16, i16 (one register), u32, i32, f32 (two registers)",
    },
    SettingSpec {
        key: "word_order",
        default: "high_first",
        meaning: "which of the weight's two registers is first: high_first or low_first",
    },
    SettingSpec {
        key: "byte_order",
        default: "high_first",
        meaning: "which byte of the weight's registers is first: high_first (Modbus) or low_first",
    },
    SettingSpec {
        key: "decimals",
        default: "0",
        meaning: "places after the point, 0 to 6; f32 is rounded to them",
    },
    SettingSpec {
        key: "point_register",
        default: "",
        meaning: "register with the number of places after the point, in place of `decimals`; empty: none",
    },
    SettingSpec {
        key: "status",
        default: "",
        meaning: "comma list of register.bit=meaning; bit 0 is the lowest; `!` before the meaning: \
                  when the bit is clear; meanings: stable, moving, overload, underload, net, gross, \
                  invalid, valid, zero (`zero` is known and says nothing)",
    },
    SettingSpec {
        key: "weight_unit",
        default: "",
        meaning: "unit of the weight: kg, g, t, lb, oz, short_ton, ozt, dwt, N; empty: not said",
    },
    SettingSpec {
        key: "answers",
        default: "any",
        meaning: "any: an answer of the block's length is a weight, unless the line shows requests and \
                  the last one was another; asked: only behind the block's own request (for a tap on \
                  another master's line)",
    },
    SettingSpec {
        key: "poll",
        default: "on",
        meaning: "on: this side asks for the block; off: another master does",
    },
    POLL_MS,
];
