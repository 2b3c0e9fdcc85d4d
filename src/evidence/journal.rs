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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    struct Stored {
        sequence: i64,
        header: String,
        header_digest: String,
        body: Option<String>,
    }

    impl Stored {
        fn entry(&self) -> StoredEntry<'_> {
            StoredEntry {
                sequence: self.sequence,
                header: &self.header,
                header_digest: &self.header_digest,
                body: self.body.as_deref(),
            }
        }

        /// As somebody would who can write the file and knows the format.
        fn rewrite(&mut self, from: &str, to: &str) {
            self.header = self.header.replace(from, to);
            self.header_digest = sha256_hex(self.header.as_bytes());
        }
    }

    fn made(count: i64) -> Vec<Stored> {
        let mut chain = Chain::new("3301A");
        (1..=count)
            .map(|number| {
                let salt = [u8::try_from(number).unwrap(); 16];
                let body = seal(&json!({"gross_kg": 40_000 + number}), salt).unwrap();
                let at = Micros::from_seconds(number);
                let entry = chain
                    .append(at, "weighing", "system:station", &body)
                    .unwrap();
                Stored {
                    sequence: entry.sequence,
                    header: entry.header,
                    header_digest: entry.header_digest,
                    body: Some(entry.body.to_string()),
                }
            })
            .collect()
    }

    fn checked(entries: &[Stored]) -> Result<Head, Break> {
        verify(entries.iter().map(Stored::entry))
    }

    /// Do not change this test, nor the file it reads. Journals in the field were written in this
    /// format and have to verify for as long as their cases can be appealed. A new need is a new
    /// version beside this one.
    #[test]
    fn version_1_is_frozen() {
        let text = include_str!("../../fixtures/journal/v1.jsonl");
        assert_eq!(
            sha256_hex(text.as_bytes()),
            "bb33c7fe34cfd50a1d79ab69e3df94743455bcb2d6292e13415eab9aa014bc77",
            "the vectors themselves were changed"
        );
        let mut chain = Chain::new("3301A");
        let mut verifier = Verifier::default();
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let header = line["header"].as_str().unwrap();
            let members: Value = serde_json::from_str(header).unwrap();
            // The last body is withheld here; this is what it was.
            let body = match line["body"].as_str() {
                Some(body) => serde_json::from_str(body).unwrap(),
                None => json!({
                    "driver": "secret", "limit": 9_007_199_254_740_991_i64,
                    "least": -9_007_199_254_740_991_i64,
                }),
            };
            let salt = hex::decode(members["salt"].as_str().unwrap()).unwrap();
            let sealed = seal(&body, salt.try_into().unwrap()).unwrap();
            if let Some(body) = line["body"].as_str() {
                assert_eq!(&*sealed.text, body);
            }
            let at = Micros::new(members["recorded_at"].as_i64().unwrap());
            let (kind, actor) = (&members["kind"], &members["actor"]);
            let entry = chain
                .append(at, kind.as_str().unwrap(), actor.as_str().unwrap(), &sealed)
                .unwrap();
            assert_eq!(entry.header, header);
            assert_eq!(entry.header_digest, line["header_digest"]);
            assert_eq!(entry.sequence, line["sequence"]);
            let said = verifier
                .check(StoredEntry {
                    sequence: entry.sequence,
                    header,
                    header_digest: &entry.header_digest,
                    body: line["body"].as_str(),
                })
                .unwrap();
            assert_eq!((said.sequence, said.recorded_at), (entry.sequence, at));
        }
        let head = verifier.head();
        assert_eq!(head.sequence, 4);
        assert_eq!(
            head.digest,
            "fac6e4d45c1c7dbe006622958445fd119f2f45744f46f028438f13a8b93f9148"
        );
        assert_eq!(Chain::after("3301A", head), chain);
    }

    #[test]
    fn an_empty_journal_holds() {
        assert_eq!(
            checked(&[]).unwrap(),
            Head {
                sequence: 0,
                digest: NO_PREVIOUS.to_owned()
            }
        );
    }

    #[test]
    fn each_flaw_is_named() {
        let flaw = |change: &dyn Fn(&mut Vec<Stored>)| {
            let mut entries = made(4);
            change(&mut entries);
            let broken = checked(&entries).unwrap_err();
            (broken.sequence, broken.what)
        };
        let gap = flaw(&|entries| drop(entries.remove(1)));
        assert_eq!(gap, (2, Flaw::Sequence { found: 3 }));
        let doubled = flaw(&|entries| entries.insert(1, entries[1].clone()));
        assert_eq!(doubled, (3, Flaw::Sequence { found: 2 }));
        // Numbers put right by hand: the chain still shows the hole.
        let (sequence, what) = flaw(&|entries| {
            entries.remove(1);
            entries[1].sequence = 2;
            entries[1].rewrite("\"sequence\":3", "\"sequence\":2");
        });
        assert!(
            sequence == 2 && matches!(what, Flaw::Previous { .. }),
            "{what}"
        );
        let (sequence, what) = flaw(&|entries| {
            entries[1].rewrite("system:station", "li.na");
        });
        assert!(
            sequence == 3 && matches!(what, Flaw::Previous { .. }),
            "{what}"
        );
        let (sequence, what) =
            flaw(&|entries| entries[1].header = entries[1].header.replace("weighing", "welching"));
        assert!(
            sequence == 2 && matches!(what, Flaw::HeaderDigest { .. }),
            "{what}"
        );
        let (sequence, what) = flaw(&|entries| entries[2].body = Some("{}".to_owned()));
        assert!(
            sequence == 3 && matches!(what, Flaw::BodyDigest { .. }),
            "{what}"
        );
        assert_eq!(
            flaw(&|entries| entries[0].rewrite(",", ", ")),
            (1, Flaw::NotCanonical)
        );
        assert_eq!(
            flaw(&|entries| entries[0].rewrite("\"version\":1", "\"version\":1,\"version\":1")),
            (1, Flaw::NotCanonical)
        );
        assert_eq!(
            flaw(&|entries| entries[3].rewrite("\"version\":1", "\"version\":2")),
            (
                4,
                Flaw::Version {
                    found: "2".to_owned()
                }
            )
        );
        assert_eq!(
            flaw(&|entries| entries[3].rewrite("sha-256", "sm3")),
            (
                4,
                Flaw::Algorithm {
                    found: "sm3".to_owned()
                }
            )
        );
        let (sequence, what) = flaw(&|entries| entries[3].rewrite("3301A", "3302B"));
        assert!(
            sequence == 4 && matches!(what, Flaw::Station { .. }),
            "{what}"
        );
        for (from, to) in [
            ("\"kind\":\"weighing\",", ""),
            ("\"kind\":\"weighing\"", "\"kind\":7"),
            ("\"version\":1", "\"version\":1,\"z\":0"),
            ("\"salt\":\"02", "\"salt\":\"zz"),
            ("\"salt\":\"02", "\"salt\":\""),
            ("\"recorded_at\":2000000", "\"recorded_at\":2.5"),
            ("}", ""),
        ] {
            let (sequence, what) = flaw(&|entries| entries[1].rewrite(from, to));
            assert!(
                sequence == 2 && matches!(what, Flaw::Header { .. }),
                "{from} {to}: {what}"
            );
        }
    }

    proptest! {
        #[test]
        fn bodies_can_be_withheld_and_nothing_else(
            withheld in prop::collection::vec(any::<bool>(), 1..12),
            at in any::<prop::sample::Index>(),
            bit in 0..7_u32,
        ) {
            let mut entries = made(i64::try_from(withheld.len()).unwrap());
            let head = checked(&entries).unwrap();
            for (entry, withheld) in entries.iter_mut().zip(&withheld) {
                if *withheld {
                    entry.body = None;
                }
            }
            prop_assert_eq!(checked(&entries).unwrap(), head);

            // One flipped bit anywhere in what is left shows, at that entry.
            let texts: Vec<(usize, usize)> = entries
                .iter()
                .enumerate()
                .flat_map(|(n, entry)| {
                    let body = entry.body.as_ref().map_or(0, String::len);
                    (0..entry.header.len() + 64 + body).map(move |byte| (n, byte))
                })
                .collect();
            let (n, byte) = texts[at.index(texts.len())];
            let entry = &mut entries[n];
            let header = entry.header.len();
            let (text, byte) = match byte.checked_sub(header) {
                None => (&mut entry.header, byte),
                Some(byte) if byte < 64 => (&mut entry.header_digest, byte),
                Some(byte) => (entry.body.as_mut().unwrap(), byte - 64),
            };
            let mut bytes = std::mem::take(text).into_bytes();
            bytes[byte] ^= 1 << bit;
            *text = String::from_utf8(bytes).unwrap();
            let broken = checked(&entries).unwrap_err();
            prop_assert_eq!(broken.sequence, i64::try_from(n).unwrap() + 1);
        }
    }
}
