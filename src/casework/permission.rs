//! Who may do what: one table of roles and permissions. What is not in it is refused.

use crate::role::Role;

/// Something a role may or may not do, as a noun and a verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See lists and single passages, plates included.
    PassageRead,
    /// See pictures.
    PictureRead,
    /// See lists and single cases.
    CaseRead,
    /// Make the first review of a case (初审).
    CaseReviewFirst,
    /// Make the second review of a case (复审).
    CaseReviewSecond,
    /// Follow the journal live; bodies of audit entries need [`Permission::AuditRead`].
    EventRead,
    /// See who logged in and what became of users.
    AuditRead,
    /// See how ports, lanes and the store fare.
    StatusRead,
    /// Record the check of a scale at the beginning of a shift (交接班检查).
    ShiftCheckWrite,
    /// Switch a lane's enforcement off and, after a check, on again (停止、恢复执法).
    EnforcementSwitch,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 10] = [
        Self::PassageRead,
        Self::PictureRead,
        Self::CaseRead,
        Self::CaseReviewFirst,
        Self::CaseReviewSecond,
        Self::EventRead,
        Self::AuditRead,
        Self::StatusRead,
        Self::ShiftCheckWrite,
        Self::EnforcementSwitch,
    ];

    /// What it is about.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::PassageRead => "passage",
            Self::PictureRead => "picture",
            Self::CaseRead | Self::CaseReviewFirst | Self::CaseReviewSecond => "case",
            Self::EventRead => "event",
            Self::AuditRead => "audit",
            Self::StatusRead => "status",
            Self::ShiftCheckWrite => "shift_check",
            Self::EnforcementSwitch => "enforcement",
        }
    }

    /// What is done with it.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::CaseReviewFirst => "review_first",
            Self::CaseReviewSecond => "review_second",
            Self::ShiftCheckWrite => "write",
            Self::EnforcementSwitch => "switch",
            Self::PassageRead
            | Self::PictureRead
            | Self::CaseRead
            | Self::EventRead
            | Self::AuditRead
            | Self::StatusRead => "read",
        }
    }
}

/// Whether a role holds a permission.
///
/// Written as one match over both, so that neither a new role nor a new permission compiles before
/// somebody has decided. Plates and pictures are personal data: an administrator, who keeps users
/// and settings, has no business with them. Police officers and mobile officers look cases up;
/// deciding them is for reviewers, of whom the legal reviewer comes second.
pub const fn may(role: Role, permission: Permission) -> bool {
    match permission {
        Permission::StatusRead => true,
        Permission::PassageRead
        | Permission::PictureRead
        | Permission::CaseRead
        | Permission::EventRead => match role {
            Role::Operator
            | Role::MobileOfficer
            | Role::Reviewer
            | Role::LegalReviewer
            | Role::Supervisor
            | Role::PoliceOfficer
            | Role::Auditor
            | Role::Machine => true,
            Role::Administrator => false,
        },
        Permission::CaseReviewFirst => match role {
            Role::Reviewer | Role::Supervisor => true,
            Role::Operator
            | Role::MobileOfficer
            | Role::LegalReviewer
            | Role::PoliceOfficer
            | Role::Auditor
            | Role::Administrator
            | Role::Machine => false,
        },
        Permission::CaseReviewSecond => match role {
            Role::Reviewer | Role::LegalReviewer | Role::Supervisor => true,
            Role::Operator
            | Role::MobileOfficer
            | Role::PoliceOfficer
            | Role::Auditor
            | Role::Administrator
            | Role::Machine => false,
        },
        Permission::ShiftCheckWrite => match role {
            Role::Operator | Role::Supervisor => true,
            Role::MobileOfficer
            | Role::Reviewer
            | Role::LegalReviewer
            | Role::PoliceOfficer
            | Role::Auditor
            | Role::Administrator
            | Role::Machine => false,
        },
        Permission::EnforcementSwitch => match role {
            Role::Supervisor => true,
            Role::Operator
            | Role::MobileOfficer
            | Role::Reviewer
            | Role::LegalReviewer
            | Role::PoliceOfficer
            | Role::Auditor
            | Role::Administrator
            | Role::Machine => false,
        },
        Permission::AuditRead => match role {
            Role::Supervisor | Role::Auditor => true,
            Role::Operator
            | Role::MobileOfficer
            | Role::Reviewer
            | Role::LegalReviewer
            | Role::PoliceOfficer
            | Role::Administrator
            | Role::Machine => false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The matrix as people read it: one line a role, one letter a permission of [`Permission::ALL`],
    /// `y` for may. Whoever changes `may` changes this on purpose.
    const MATRIX: [(Role, &str); 9] = [
        (Role::Operator, "yyynnynyyn"),
        (Role::MobileOfficer, "yyynnynynn"),
        (Role::Reviewer, "yyyyyynynn"),
        (Role::LegalReviewer, "yyynyynynn"),
        (Role::Supervisor, "yyyyyyyyyy"),
        (Role::PoliceOfficer, "yyynnynynn"),
        (Role::Auditor, "yyynnyyynn"),
        (Role::Administrator, "nnnnnnnynn"),
        (Role::Machine, "yyynnynynn"),
    ];

    #[test]
    fn every_role_is_decided_for_every_permission() {
        assert_eq!(MATRIX.map(|(role, _)| role), Role::ALL);
        for (role, line) in MATRIX {
            assert_eq!(line.len(), Permission::ALL.len(), "{role:?}");
            for (permission, letter) in Permission::ALL.into_iter().zip(line.chars()) {
                assert_eq!(
                    may(role, permission),
                    letter == 'y',
                    "{role:?} {permission:?}"
                );
            }
        }
    }

    #[test]
    fn nouns_and_verbs_name_a_permission() {
        let names: std::collections::BTreeSet<_> = Permission::ALL
            .map(|permission| (permission.noun(), permission.verb()))
            .into();
        assert_eq!(names.len(), Permission::ALL.len());
    }

    #[test]
    fn the_auditor_and_the_machine_change_nothing() {
        for permission in [
            Permission::CaseReviewFirst,
            Permission::CaseReviewSecond,
            Permission::ShiftCheckWrite,
            Permission::EnforcementSwitch,
        ] {
            assert!(!may(Role::Auditor, permission) && !may(Role::Machine, permission));
        }
    }
}
