//! The forms of GA 36-2018: which characters may stand where, and which kind that makes.

use super::{NotAPlate, PlateKind};

/// The 31 province abbreviations that begin a plate.
pub const PROVINCES: &str = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼";

/// GA 36-2018 allows this many letters among the five serial characters of an ordinary plate.
pub(super) const MAX_SERIAL_LETTERS: usize = 2;

/// Letters of new-energy plates: D, A, B, C, E pure electric, F, G, H, J, K others.
pub(super) const NEW_ENERGY_LETTERS: &str = "ABCDEFGHJK";

/// Letter classes of military plates.
pub(super) const MILITARY_CLASSES: &str = "VKHBSLJNGCE";

/// Letters that may end an armed police plate.
pub(super) const ARMED_POLICE_LETTERS: &str = "TDSHBXJ";

/// The kind of a number in normal form.
pub(super) fn kind_of(characters: &[char]) -> Result<PlateKind, NotAPlate> {
    match characters {
        ['W', 'J', rest @ ..] => armed_police(rest),
        [digits @ .., '使'] => embassy(digits),
        [class, rest @ ..] if class.is_ascii_uppercase() => military(*class, rest),
        _ => civil(characters),
    }
}

fn civil(characters: &[char]) -> Result<PlateKind, NotAPlate> {
    let (Some(&province), Some(&office)) = (characters.first(), characters.get(1)) else {
        return Err(NotAPlate::Length {
            kind: PlateKind::Ordinary,
            wanted: 7,
            found: characters.len(),
        });
    };
    if !PROVINCES.contains(province) {
        return Err(NotAPlate::Province { found: province });
    }
    if !office.is_ascii_uppercase() || office == 'I' {
        return Err(NotAPlate::Office { found: office });
    }
    let serial = characters.get(2..).unwrap_or_default();
    let Some((&last, body)) = serial.split_last() else {
        return Err(length(PlateKind::Ordinary, 7, characters));
    };
    let suffixed = match last {
        '挂' => Some(PlateKind::Trailer),
        '学' => Some(PlateKind::Training),
        '警' => Some(PlateKind::Police),
        '领' => Some(PlateKind::Consulate),
        '超' => Some(PlateKind::Oversize),
        '港' | '澳' => Some(PlateKind::HkMacau),
        _ => None,
    };
    if let Some(kind) = suffixed {
        if kind == PlateKind::Consulate {
            check_digits(body, 2)?;
        } else {
            check_serial(body, 2)?;
        }
        if characters.len() != 7 {
            return Err(length(kind, 7, characters));
        }
        if kind == PlateKind::HkMacau && (province, office) != ('粤', 'Z') {
            return Err(NotAPlate::CrossBorder { suffix: last });
        }
        return Ok(kind);
    }
    check_serial(serial, 2)?;
    match serial.len() {
        5 => match serial.iter().filter(|c| c.is_ascii_uppercase()).count() {
            found if found > MAX_SERIAL_LETTERS => Err(NotAPlate::Letters { found }),
            _ => Ok(PlateKind::Ordinary),
        },
        6 => new_energy(serial),
        _ => Err(length(PlateKind::Ordinary, 7, characters)),
    }
}

fn new_energy(serial: &[char]) -> Result<PlateKind, NotAPlate> {
    let digits = |characters: &[char]| characters.iter().all(char::is_ascii_digit);
    match serial {
        [first, _, rest @ ..] if NEW_ENERGY_LETTERS.contains(*first) && digits(rest) => {
            Ok(PlateKind::NewEnergySmall)
        }
        [body @ .., last] if NEW_ENERGY_LETTERS.contains(*last) && digits(body) => {
            Ok(PlateKind::NewEnergyLarge)
        }
        _ => Err(NotAPlate::NewEnergy),
    }
}

fn embassy(digits: &[char]) -> Result<PlateKind, NotAPlate> {
    check_digits(digits, 0)?;
    match digits.len() {
        6 => Ok(PlateKind::Embassy),
        found => Err(NotAPlate::Length {
            kind: PlateKind::Embassy,
            wanted: 7,
            found: found + 1,
        }),
    }
}

fn military(class: char, rest: &[char]) -> Result<PlateKind, NotAPlate> {
    if !MILITARY_CLASSES.contains(class) {
        return Err(NotAPlate::Province { found: class });
    }
    match rest {
        [second, digits @ ..] if second.is_ascii_uppercase() && !matches!(second, 'I' | 'O') => {
            check_digits(digits, 2)?;
            if digits.len() == 5 {
                Ok(PlateKind::Military)
            } else {
                Err(NotAPlate::Length {
                    kind: PlateKind::Military,
                    wanted: 7,
                    found: digits.len() + 2,
                })
            }
        }
        // What begins with a letter and goes on as no military plate lacks its province.
        _ => Err(NotAPlate::Province { found: class }),
    }
}

fn armed_police(rest: &[char]) -> Result<PlateKind, NotAPlate> {
    let [province, serial @ ..] = rest else {
        return Err(NotAPlate::Length {
            kind: PlateKind::ArmedPolice,
            wanted: 8,
            found: 2,
        });
    };
    if !PROVINCES.contains(*province) {
        return Err(NotAPlate::Province { found: *province });
    }
    for (index, &found) in serial.iter().enumerate() {
        let last = index + 1 == serial.len();
        let letter = last && ARMED_POLICE_LETTERS.contains(found);
        if !found.is_ascii_digit() && !letter {
            return Err(NotAPlate::Serial {
                found,
                position: index + 4,
            });
        }
    }
    match serial.len() {
        5 => Ok(PlateKind::ArmedPolice),
        found => Err(NotAPlate::Length {
            kind: PlateKind::ArmedPolice,
            wanted: 8,
            found: found + 3,
        }),
    }
}

/// Digits and letters without I and O; `before` characters stand in front.
fn check_serial(serial: &[char], before: usize) -> Result<(), NotAPlate> {
    for (index, &found) in serial.iter().enumerate() {
        let allowed = matches!(found, '0'..='9' | 'A'..='H' | 'J'..='N' | 'P'..='Z');
        if !allowed {
            return Err(NotAPlate::Serial {
                found,
                position: before + index + 1,
            });
        }
    }
    Ok(())
}

/// Digits only; `before` characters stand in front.
fn check_digits(digits: &[char], before: usize) -> Result<(), NotAPlate> {
    match digits.iter().enumerate().find(|(_, c)| !c.is_ascii_digit()) {
        Some((index, &found)) => Err(NotAPlate::Serial {
            found,
            position: before + index + 1,
        }),
        None => Ok(()),
    }
}

fn length(kind: PlateKind, wanted: usize, characters: &[char]) -> NotAPlate {
    NotAPlate::Length {
        kind,
        wanted,
        found: characters.len(),
    }
}
