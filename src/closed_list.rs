//! Closed lists of names: each entry once, with its name in JSON, in Chinese and in English.

/// Declares an enum whose entries carry their names.
macro_rules! closed_list {
    (
        $(#[$about:meta])*
        $list:ident {
            $($(#[$meaning:meta])* $entry:ident = $name:literal, $zh:literal, $en:literal;)+
        }
    ) => {
        $(#[$about])*
        #[derive(
            Debug,
            Clone,
            Copy,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            serde::Serialize,
            serde::Deserialize,
        )]
        pub enum $list {
            $($(#[$meaning])* #[serde(rename = $name)] $entry,)+
        }

        impl $list {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$entry,)+];

            /// The name used in JSON, in the store and in the journal.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$entry => $name,)+
                }
            }

            /// The entry of a name; `None` for a text that is none.
            #[allow(dead_code, reason = "not every list is read from a text")]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|entry| entry.name() == name)
            }

            /// In Chinese.
            pub const fn zh(self) -> &'static str {
                match self {
                    $(Self::$entry => $zh,)+
                }
            }

            /// In English.
            pub const fn en(self) -> &'static str {
                match self {
                    $(Self::$entry => $en,)+
                }
            }
        }
    };
}
