//! Passwords (密码): argon2id, and which ones are refused.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::clock::{Entropy, EntropyError};

/// Fewest characters.
pub const SHORTEST: usize = 10;
/// Most bytes; longer ones only cost time.
pub const LONGEST: usize = 256;

/// Memory in KiB and passes: the floor that OWASP names for argon2id with one lane. More memory
/// would not fit beside 32 recording lanes.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;

/// Why a password is refused or can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short.
    #[error(
        "密码只有 {found} 个字符，至少需要 {SHORTEST} 个 / the password has {found} characters, \
         {SHORTEST} are needed"
    )]
    TooShort {
        /// Its characters.
        found: usize,
    },
    /// Too long.
    #[error(
        "密码有 {found} 字节，最多 {LONGEST} 字节 / the password has {found} bytes, {LONGEST} \
         are allowed"
    )]
    TooLong {
        /// Its bytes.
        found: usize,
    },
    /// Among those that everybody tries first.
    #[error(
        "密码过于常见或含有用户名，请换一个 / the password is too common or holds the user's name; \
         choose another one"
    )]
    Common,
    /// Randomness failed.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The hash function refused.
    #[error("无法计算密码散列：{0} / the password can't be hashed: {0}")]
    Hash(String),
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None)
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password in PHC form, with 16 random bytes of salt. Takes some ten milliseconds of
/// one core: not for an async task.
///
/// # Errors
/// When there is no randomness. Whether the password is good is [`check_password`]'s to say.
pub fn hash_password(password: &str, entropy: &dyn Entropy) -> Result<String, PasswordError> {
    let mut salt = [0_u8; 16];
    entropy.fill(&mut salt)?;
    let hash = hasher()?
        .hash_password_with_salt(password.as_bytes(), &salt)
        .map_err(|error| PasswordError::Hash(error.to_string()))?;
    Ok(hash.to_string())
}

/// Whether a password belongs to a hash. A hash that can't be read belongs to none.
pub fn verify_password(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|parsed| {
        Argon2::default()
            .verify_password(password.as_bytes(), &parsed)
            .is_ok()
    })
}

/// Refuses what would be guessed: short, common, made of one pattern, or around the user's name.
///
/// # Errors
/// [`PasswordError::TooShort`], [`PasswordError::TooLong`] or [`PasswordError::Common`].
pub fn check_password(user: &str, password: &str) -> Result<(), PasswordError> {
    let characters = password.chars().count();
    if characters < SHORTEST {
        return Err(PasswordError::TooShort { found: characters });
    }
    if password.len() > LONGEST {
        return Err(PasswordError::TooLong {
            found: password.len(),
        });
    }
    let lower = password.to_lowercase();
    let distinct: std::collections::BTreeSet<char> = lower.chars().collect();
    let bare: String = lower
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect();
    // "password2024!" is "password" with an ornament: what is left without digits decides.
    let stem: String = bare
        .chars()
        .filter(|letter| !letter.is_ascii_digit())
        .collect();
    let common = distinct.len() < 5
        || is_run(&bare)
        || COMMON.contains(&bare.as_str())
        || COMMON.contains(&stem.as_str())
        || (user.chars().count() >= 3 && lower.contains(&user.to_lowercase()));
    if common {
        Err(PasswordError::Common)
    } else {
        Ok(())
    }
}

/// Whether each character follows the one before at the same distance: `abcdefghij`, `1357913579`.
/// After 9 comes 0, as on every keyboard.
fn is_run(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let codes: Vec<i64> = text
        .chars()
        .map(|letter| i64::from(u32::from(letter)))
        .collect();
    let mut steps = codes.windows(2).map(|pair| match pair {
        [first, second] if digits => (second - first).rem_euclid(10),
        [first, second] => second - first,
        _ => 0,
    });
    let Some(first) = steps.next() else {
        return true;
    };
    steps.all(|step| step == first)
}

/// What is tried first, without digits where the digits are an ornament.
const COMMON: &[&str] = &[
    "password",
    "passwort",
    "passw0rd",
    "passwd",
    "admin",
    "administrator",
    "adminadmin",
    "root",
    "rootroot",
    "qwerty",
    "qwertyuiop",
    "qwertyuiopasdfghjkl",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedc",
    "qazwsxedcrfv",
    "1qaz2wsx3edc",
    "1q2w3e4r5t",
    "1q2w3e4r5t6y",
    "qweasdzxc",
    "letmein",
    "welcome",
    "iloveyou",
    "woaini",
    "woaiwojia",
    "steelyard",
    "operator",
    "reviewer",
    "supervisor",
    "changeme",
    "default",
    "secret",
    "test",
    "testtest",
    "zhichao",
    "jiancezhan",
    "chaozai",
    "abc",
    "abcabc",
    "aini",
    "system",
    "manager",
    "guest",
    "user",
    "login",
    "superman",
    "dragon",
    "monkey",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "master",
    "michael",
    "jiaotong",
    "zhifa",
    "wang",
    "zhang",
    "liming",
    "mima",
    "wodemima",
    "a",
    "aa",
    "qq",
];

/// A password of 20 characters that nobody can guess (100 bits), in letters and digits that can be
/// told apart: five groups, e.g. `k7dq-2m9x-…`.
///
/// # Errors
/// When there is no randomness.
pub fn random_password(entropy: &dyn Entropy) -> Result<String, EntropyError> {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
    let mut bytes = [0_u8; 20];
    entropy.fill(&mut bytes)?;
    let mut password = String::with_capacity(24);
    for (index, byte) in bytes.iter().enumerate() {
        if index > 0 && index % 4 == 0 {
            password.push('-');
        }
        password.push(char::from(LETTERS[usize::from(byte % 32)]));
    }
    Ok(password)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemEntropy;

    #[test]
    fn a_password_belongs_to_its_hash_alone() {
        let hash = hash_password("a long pass phrase", &SystemEntropy).unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        assert!(verify_password("a long pass phrase", &hash));
        assert!(!verify_password("a long pass phrasE", &hash));
        assert!(!verify_password("", &hash));
        assert!(!verify_password("a long pass phrase", "not a hash"));
        assert_ne!(
            hash,
            hash_password("a long pass phrase", &SystemEntropy).unwrap()
        );
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for password in [
            "password2024",
            "Password!!!2024",
            "1234567890",
            "0987654321",
            "12345678901234567890",
            "qwertyuiop",
            "1q2w3e4r5t",
            "aaaaaaaaaaaa",
            "abababababab",
            "abcdefghijkl",
            "Administrator1",
            "operator-2026",
            "steelyard2026",
            "li-xiaoming-99",
            "admin@123456",
        ] {
            let refused = check_password("xiaoming", password);
            assert!(
                matches!(refused, Err(PasswordError::Common)),
                "{password}: {refused:?}"
            );
        }
        assert!(matches!(
            check_password("li", "k7dq-2m9"),
            Err(PasswordError::TooShort { found: 8 })
        ));
        assert!(matches!(
            check_password("li", &"é1x".repeat(100)),
            Err(PasswordError::TooLong { found: 400 })
        ));
    }

    #[test]
    fn what_is_good_is_taken() {
        for password in [
            "四十九吨卡车过站台了吗",
            "horse-gravel-noon-71",
            "Tz7!kkP0q#",
        ] {
            check_password("xiaoming", password).unwrap();
        }
        for _ in 0..100 {
            let password = random_password(&SystemEntropy).unwrap();
            assert_eq!(password.len(), 24, "{password}");
            check_password("operator", &password).unwrap();
        }
    }

    #[test]
    fn random_passwords_differ() {
        let all: std::collections::BTreeSet<_> = (0..100)
            .map(|_| random_password(&SystemEntropy).unwrap())
            .collect();
        assert_eq!(all.len(), 100);
    }
}
