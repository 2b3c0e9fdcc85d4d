//! Who may act: the nine roles. The full matrix of roles and routes stands in `casework`.

use serde::{Deserialize, Serialize};

/// What a person or a machine is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Works a fixed station's lanes (操作员).
    Operator,
    /// Looks plates up at the roadside (流动执法人员).
    MobileOfficer,
    /// Reviews passages and opens cases (审核员).
    Reviewer,
    /// Reviews cases for law (法制审核员).
    LegalReviewer,
    /// Leads a station or team (负责人).
    Supervisor,
    /// Officer of the traffic police (交警).
    PoliceOfficer,
    /// Reads everything, audit log included, changes nothing (审计员).
    Auditor,
    /// Keeps users and settings, no casework (管理员).
    Administrator,
    /// Another program (接口账户).
    Machine,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 9] = [
        Self::Operator,
        Self::MobileOfficer,
        Self::Reviewer,
        Self::LegalReviewer,
        Self::Supervisor,
        Self::PoliceOfficer,
        Self::Auditor,
        Self::Administrator,
        Self::Machine,
    ];

    /// The name used in the API, in the database and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::MobileOfficer => "mobile_officer",
            Self::Reviewer => "reviewer",
            Self::LegalReviewer => "legal_reviewer",
            Self::Supervisor => "supervisor",
            Self::PoliceOfficer => "police_officer",
            Self::Auditor => "auditor",
            Self::Administrator => "administrator",
            Self::Machine => "machine",
        }
    }

    /// The role of a [`Role::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_serde_agree() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
        assert_eq!(Role::from_name("root"), None);
    }
}
