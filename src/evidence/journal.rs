//! The journal's format, version 1, fixed for good; `docs/journal-format.md` is its specification.
//!
//! An entry is a header and a body. The header, a canonical JSON object, carries the digest of the
//! salted canonical body and the digest of the header before it. The chain therefore runs over
//! headers alone: a body can be withheld, or removed when its retention ends, and every entry
//! before and after still verifies. The salt, 16 random bytes, keeps a withheld body from being
//! guessed from its digest.

use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::canonical::{self, CanonicalError};
use crate::units::Micros;

/// Version of the format.
pub const VERSION: i64 = 1;

/// The one digest algorithm of version 1.
pub const ALGORITHM: &str = "sha-256";

/// What the first entry names as its predecessor's digest: 64 zeros.
pub const NO_PREVIOUS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// 16 random bytes, one draw for each entry.
pub type Salt = [u8; 16];

/// Where a chain stands: what the next entry needs to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// Who writes it: the station code.
    pub station: String,
    /// Sequence of the next entry, from 1.
    pub next_sequence: i64,
    /// Header digest of the latest entry, [`NO_PREVIOUS`] before the first.
    pub head: String,
}

/// A body in canonical form with its salt and digest: all that needs no knowledge of the chain, so
/// that it can be made ready beside the one writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBody {
    /// Canonical text.
    pub text: Arc<str>,
    /// The salt, hex.
    pub salt: String,
    /// SHA-256 of salt bytes, then text bytes; hex.
    pub digest: String,
}

/// An entry, ready to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Running number.
    pub sequence: i64,
    /// When the writer took it in.
    pub recorded_at: Micros,
    /// Kind.
    pub kind: String,
    /// Who caused it.
    pub actor: String,
    /// Canonical header text.
    pub header: String,
    /// SHA-256 of the header's bytes, hex.
    pub header_digest: String,
    /// Canonical body text.
    pub body: Arc<str>,
}

/// The end of a verified chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Sequence of the latest entry; 0 for an empty journal.
    pub sequence: i64,
    /// Its header digest; [`NO_PREVIOUS`] for an empty journal.
    pub digest: String,
}

/// An entry as somebody hands it to the verifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredEntry<'a> {
    /// Running number.
    pub sequence: i64,
    /// Canonical header text.
    pub header: &'a str,
    /// Header digest beside it.
    pub header_digest: &'a str,
    /// Canonical body text, `None` when withheld.
    pub body: Option<&'a str>,
}

/// The first place where a chain doesn't hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("journal entry {sequence}: {what}")]
pub struct Break {
    /// Sequence the verifier expected there.
    pub sequence: i64,
    /// What is wrong.
    pub what: Flaw,
}

/// What can be wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The number isn't the next one: entries are missing, doubled or out of order.
    #[error("its number is {found}, entries are missing, doubled or out of order")]
    Sequence {
        /// The number found.
        found: i64,
    },
    /// The header is no JSON object of the ten members, or one has the wrong type.
    #[error("its header can't be read: {why}")]
    Header {
        /// Why.
        why: String,
    },
    /// The header isn't in canonical form.
    #[error("its header is not in canonical form")]
    NotCanonical,
    /// A version this program doesn't know.
    #[error("it has format version {found}, this program knows only {VERSION}; use a newer one")]
    Version {
        /// The version found.
        found: String,
    },
    /// An algorithm this program doesn't know.
    #[error("it has algorithm {found:?}, this program knows only {ALGORITHM:?}; use a newer one")]
    Algorithm {
        /// The algorithm found.
        found: String,
    },
    /// The entry is of another station.
    #[error("it is of station {found:?}, the journal is of {expected:?}")]
    Station {
        /// Station of the first entry.
        expected: String,
        /// Station found.
        found: String,
    },
    /// The digest of the header before isn't the one named.
    #[error("it names {found} as its predecessor's digest, which is {expected}")]
    Previous {
        /// The predecessor's digest.
        expected: String,
        /// The digest named.
        found: String,
    },
    /// The header's digest isn't the one beside it.
    #[error("its header has digest {computed}, beside it stands {found}")]
    HeaderDigest {
        /// Digest of the header.
        computed: String,
        /// Digest beside it.
        found: String,
    },
    /// The body's digest isn't the one in the header.
    #[error("its body has digest {computed}, its header says {found}: the body was changed")]
    BodyDigest {
        /// Digest of salt and body.
        computed: String,
        /// Digest in the header.
        found: String,
    },
    /// A column beside the entry says otherwise than the header.
    #[error("column {column} beside it says otherwise than its header")]
    Column {
        /// Name of the column.
        column: &'static str,
    },
}

/// Makes a body ready: canonical text, salt, digest.
///
/// # Errors
/// [`CanonicalError`] when the body has no canonical form.
pub fn seal(body: &Value, salt: Salt) -> Result<SealedBody, CanonicalError> {
    let text = canonical::to_text(body)?;
    let digest = body_digest(&salt, &text);
    Ok(SealedBody {
        text: text.into(),
        salt: hex::encode(salt),
        digest,
    })
}

fn body_digest(salt: &[u8], text: &str) -> String {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(text.as_bytes());
    hex::encode(hasher.finalize())
}

/// SHA-256, hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

impl Chain {
    /// An empty chain.
    pub fn new(station: impl Into<String>) -> Self {
        Self {
            station: station.into(),
            next_sequence: 1,
            head: NO_PREVIOUS.to_owned(),
        }
    }

    /// The chain that goes on after `head`.
    pub fn after(station: impl Into<String>, head: Head) -> Self {
        Self {
            station: station.into(),
            next_sequence: head.sequence.saturating_add(1),
            head: head.digest,
        }
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// [`CanonicalError`] when the number or the moment is beyond +-(2^53 - 1).
    pub fn append(
        &mut self,
        recorded_at: Micros,
        kind: &str,
        actor: &str,
        body: &SealedBody,
    ) -> Result<Entry, CanonicalError> {
        let header = canonical::to_text(&json!({
            "version": VERSION,
            "station": self.station,
            "sequence": self.next_sequence,
            "recorded_at": recorded_at.get(),
            "kind": kind,
            "actor": actor,
            "algorithm": ALGORITHM,
            "salt": body.salt,
            "body_digest": body.digest,
            "previous": self.head,
        }))?;
        let header_digest = sha256_hex(header.as_bytes());
        let entry = Entry {
            sequence: self.next_sequence,
            recorded_at,
            kind: kind.to_owned(),
            actor: actor.to_owned(),
            header,
            header_digest: header_digest.clone(),
            body: Arc::clone(&body.text),
        };
        self.next_sequence += 1;
        self.head = header_digest;
        Ok(entry)
    }
}

/// Checks a whole chain.
///
/// # Errors
/// The first [`Break`].
pub fn verify<'a>(entries: impl IntoIterator<Item = StoredEntry<'a>>) -> Result<Head, Break> {
    let mut verifier = Verifier::default();
    for entry in entries {
        verifier.check(entry)?;
    }
    Ok(verifier.head())
}

/// What a verified header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Station code.
    pub station: String,
    /// Running number.
    pub sequence: i64,
    /// When the writer took it in.
    pub recorded_at: Micros,
    /// Kind.
    pub kind: String,
    /// Who caused it.
    pub actor: String,
}

/// Checks a chain entry by entry, for journals that are read in pages.
#[derive(Debug, Clone, Default)]
pub struct Verifier {
    chain: Option<Chain>,
}

impl Verifier {
    /// Where the chain checked so far ends.
    pub fn head(&self) -> Head {
        match &self.chain {
            Some(chain) => Head {
                sequence: chain.next_sequence - 1,
                digest: chain.head.clone(),
            },
            None => Head {
                sequence: 0,
                digest: NO_PREVIOUS.to_owned(),
            },
        }
    }

    /// The station of the entries checked so far.
    pub fn station(&self) -> Option<&str> {
        self.chain.as_ref().map(|chain| chain.station.as_str())
    }

    /// Checks the next entry and says what its header says.
    ///
    /// # Errors
    /// [`Break`]; the verifier then stands where it stood.
    pub fn check(&mut self, entry: StoredEntry<'_>) -> Result<Header, Break> {
        let before = self.head();
        let expected = before.sequence.saturating_add(1);
        let flaw = |what| Break {
            sequence: expected,
            what,
        };
        if entry.sequence != expected {
            return Err(flaw(Flaw::Sequence {
                found: entry.sequence,
            }));
        }
        let parsed = ParsedHeader::read(entry.header).map_err(flaw)?;
        let header = parsed.header;
        if header.sequence != expected {
            return Err(flaw(Flaw::Sequence {
                found: header.sequence,
            }));
        }
        if let Some(station) = self.station().filter(|station| *station != header.station) {
            let expected = station.to_owned();
            return Err(flaw(Flaw::Station {
                expected,
                found: header.station,
            }));
        }
        if parsed.previous != before.digest {
            let found = parsed.previous;
            return Err(flaw(Flaw::Previous {
                expected: before.digest,
                found,
            }));
        }
        let computed = sha256_hex(entry.header.as_bytes());
        if computed != entry.header_digest {
            let found = entry.header_digest.to_owned();
            return Err(flaw(Flaw::HeaderDigest { computed, found }));
        }
        if let Some(body) = entry.body {
            let digest = body_digest(&parsed.salt, body);
            if digest != parsed.body_digest {
                let found = parsed.body_digest;
                return Err(flaw(Flaw::BodyDigest {
                    computed: digest,
                    found,
                }));
            }
        }
        self.chain = Some(Chain {
            station: header.station.clone(),
            next_sequence: expected.saturating_add(1),
            head: computed,
        });
        Ok(header)
    }
}

/// A header read member by member.
struct ParsedHeader {
    header: Header,
    salt: Vec<u8>,
    body_digest: String,
    previous: String,
}

/// Number of members of a version 1 header.
const MEMBERS: usize = 10;

impl ParsedHeader {
    fn read(text: &str) -> Result<Self, Flaw> {
        let unreadable = |why: String| Flaw::Header { why };
        let value: Value =
            serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        let Value::Object(members) = &value else {
            return Err(unreadable("it is no JSON object".to_owned()));
        };
        // Version and algorithm first: a later format may hold other members.
        let version = members.get("version").unwrap_or(&Value::Null);
        if version.as_i64() != Some(VERSION) {
            return Err(Flaw::Version {
                found: version.to_string(),
            });
        }
        let string = |key: &str| match members.get(key) {
            Some(Value::String(string)) => Ok(string.clone()),
            _ => Err(unreadable(format!("{key} is missing or no string"))),
        };
        let integer = |key: &str| {
            members
                .get(key)
                .and_then(Value::as_i64)
                .ok_or_else(|| unreadable(format!("{key} is missing or no integer")))
        };
        let algorithm = string("algorithm")?;
        if algorithm != ALGORITHM {
            return Err(Flaw::Algorithm { found: algorithm });
        }
        let lower_hex = |key: &str, length: usize| {
            let digits = string(key)?;
            let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            if digits.len() == length && digits.bytes().all(is_hex) {
                Ok(digits)
            } else {
                Err(unreadable(format!(
                    "{key} is not {length} lower-case hex digits"
                )))
            }
        };
        let salt = hex::decode(lower_hex("salt", 32)?)
            .map_err(|error| unreadable(format!("salt: {error}")))?;
        let parsed = Self {
            header: Header {
                station: string("station")?,
                sequence: integer("sequence")?,
                recorded_at: Micros::new(integer("recorded_at")?),
                kind: string("kind")?,
                actor: string("actor")?,
            },
            salt,
            body_digest: lower_hex("body_digest", 64)?,
            previous: lower_hex("previous", 64)?,
        };
        if members.len() != MEMBERS {
            return Err(unreadable(format!(
                "it has {} members, not {MEMBERS}",
                members.len()
            )));
        }
        // Catches spaces, other escapes, other order and doubled keys alike.
        match canonical::to_text(&value) {
            Ok(canonical) if canonical == text => Ok(parsed),
            _ => Err(Flaw::NotCanonical),
        }
    }
}
