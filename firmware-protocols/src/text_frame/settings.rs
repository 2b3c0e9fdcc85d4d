//! The settings of `text_frame`.

use crate::SettingSpec;
use crate::poll::{POLL_MS, poll};

/// The settings, with defaults that describe one common line.
pub const SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        key: "start",
        default: "",
        meaning: "bytes every frame begins with; `\\xHH`, `\\r`, `\\n`, `\\t`, `\\\\` are understood; \
                  empty: a frame begins behind the end of the last",
    },
    SettingSpec {
        key: "end",
        default: "\\r\\n",
        meaning: "bytes every frame ends with; may be empty where there is a start and every field has \
                  a width",
    },
    SettingSpec {
        key: "delimiter",
        default: "",
        meaning: "what stands between the fields; empty: fields stand at fixed positions, one behind \
                  the other",
    },
    SettingSpec {
        key: "fields",
        default: "sign:1,weight:7,ignore:1,unit:2,ignore:3,motion:1,mode:1",
        meaning: "comma list of weight, gross, net, tare, sign, unit, status, mode, motion, channel, \
                  decimals, ignore, each with :width where it has one, and 'text' that stands there as \
                  it is; with a delimiter, `+` joins what stands in one field (weight+unit)",
    },
    SettingSpec {
        key: "length",
        default: "",
        meaning: "bytes of a whole frame, start and end included: one number or shortest-longest, at \
                  most 512; empty: what the widths give, or at most 128",
    },
    SettingSpec {
        key: "decimals",
        default: "",
        meaning: "places after the point where the numbers on the wire have no point, 0 to 6; empty: \
                  as sent",
    },
    SettingSpec {
        key: "stable",
        default: "ST,S,blank",
        meaning: "words in status and motion fields for a stable weight; `blank` is a field of blanks",
    },
    SettingSpec {
        key: "moving",
        default: "US,?,D,M",
        meaning: "words in status and motion fields for a weight in motion",
    },
    SettingSpec {
        key: "over",
        default: "OL,O,^",
        meaning: "words in status and motion fields, or in place of a number, for over capacity; one \
                  sign also stands for a row of it",
    },
    SettingSpec {
        key: "under",
        default: "UL,U,_",
        meaning: "the same for under range; a word in both lists leaves it open which",
    },
    SettingSpec {
        key: "invalid",
        default: "E",
        meaning: "words in status and motion fields, or in place of a number, for a weight that can't \
                  be used",
    },
    SettingSpec {
        key: "gross",
        default: "GS,G",
        meaning: "words in status and mode fields for gross",
    },
    SettingSpec {
        key: "net",
        default: "NT,N",
        meaning: "words in status and mode fields for net",
    },
    SettingSpec {
        key: "units",
        default: "",
        meaning: "comma list of word=unit for unit fields; units: kg, g, t, lb, oz, short_ton, ozt, \
                  dwt, N; empty: the usual words of either case",
    },
    SettingSpec {
        key: "checksum",
        default: "none",
        meaning: "none, xor, sum8, crc16 (XMODEM), crc16_modbus; stands right before the end",
    },
    SettingSpec {
        key: "checksum_form",
        default: "hex",
        meaning: "hex: two or four digits; raw: one or two bytes (crc16 high byte first, crc16_modbus \
                  low byte first), which needs a start and a width for every field",
    },
    SettingSpec {
        key: "checksum_from",
        default: "fields",
        meaning: "first byte that the checksum covers: start (the first byte of the frame) or fields \
                  (the first behind the start)",
    },
    SettingSpec {
        key: "checksum_mark",
        default: "",
        meaning: "bytes between the last field and the checksum that it does not cover, as `*`",
    },
    SettingSpec {
        key: "sum_within",
        default: "0",
        meaning: "by how much gross - tare may differ from net where a frame has all three: one \
                  division where the indicator rounds each for itself",
    },
    SettingSpec {
        key: "positive",
        default: "blank",
        meaning: "sign of a positive number when frames are written: blank or + (both are read)",
    },
    SettingSpec {
        key: "fill",
        default: "blank",
        meaning: "what fills numbers on the left when frames are written: blank or zero (both are read)",
    },
    poll(""),
    POLL_MS,
];
