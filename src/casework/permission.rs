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
    /// See registers: vehicles, carriers, drivers, sources and the rest (查阅台账).
    RegisterRead,
    /// Add to and correct the registers of daily work: vehicles, carriers, drivers, sources, permits (登记台账).
    RegisterWrite,
    /// Add to and correct what enforcement rests on: certificates, sites, officers, agencies, holidays, past cases (登记执法依据).
    RegisterGovern,
    /// Lead vehicles in, weigh them again, make out sheets, see to unloading (检测与卸载).
    InspectionWork,
    /// Release a vehicle, or let it through with a reason (放行).
    InspectionRelease,
    /// Open a case by hand (人工立案).
    CaseOpen,
    /// Handle a case as one of its officers: evidence, notice, service, payment, what was collected on the spot,
    /// refunds, that a remedy began (办理案件).
    CaseHandle,
    /// Approve what the head approves: filing, officers, deferral, extension, closing (审批).
    CaseApprove,
    /// Make the legal review (法制审核).
    CaseLegalReview,
    /// Decide, annul, record how a remedy ended, take up an act whose decision by the police fell, and decide on
    /// proposals of the four penalties (作出决定).
    CaseDecide,
    /// Record what the police did: decisions, points, measures, that a decision of theirs was annulled (公安处理).
    CasePolice,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 21] = [
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
        Self::RegisterRead,
        Self::RegisterWrite,
        Self::RegisterGovern,
        Self::InspectionWork,
        Self::InspectionRelease,
        Self::CaseOpen,
        Self::CaseHandle,
        Self::CaseApprove,
        Self::CaseLegalReview,
        Self::CaseDecide,
        Self::CasePolice,
    ];

    /// What it is about.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::PassageRead => "passage",
            Self::PictureRead => "picture",
            Self::CaseRead
            | Self::CaseReviewFirst
            | Self::CaseReviewSecond
            | Self::CaseOpen
            | Self::CaseHandle
            | Self::CaseApprove
            | Self::CaseLegalReview
            | Self::CaseDecide
            | Self::CasePolice => "case",
            Self::RegisterRead | Self::RegisterWrite | Self::RegisterGovern => "register",
            Self::InspectionWork | Self::InspectionRelease => "inspection",
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
            Self::ShiftCheckWrite | Self::RegisterWrite => "write",
            Self::RegisterGovern => "govern",
            Self::InspectionWork => "work",
            Self::InspectionRelease => "release",
            Self::CaseOpen => "open",
            Self::CaseHandle => "handle",
            Self::CaseApprove => "approve",
            Self::CaseLegalReview => "review_law",
            Self::CaseDecide => "decide",
            Self::CasePolice => "police",
            Self::EnforcementSwitch => "switch",
            Self::PassageRead
            | Self::PictureRead
            | Self::CaseRead
            | Self::EventRead
            | Self::AuditRead
            | Self::StatusRead
            | Self::RegisterRead => "read",
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
        Permission::RegisterRead => match role {
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
        Permission::RegisterWrite => match role {
            Role::Operator | Role::Reviewer | Role::Supervisor => true,
            Role::MobileOfficer
            | Role::LegalReviewer
            | Role::PoliceOfficer
            | Role::Auditor
            | Role::Administrator
            | Role::Machine => false,
        },
        Permission::RegisterGovern | Permission::CaseApprove | Permission::CaseDecide => match role
        {
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
        Permission::InspectionWork => match role {
            Role::Operator | Role::MobileOfficer | Role::Supervisor => true,
            Role::Reviewer
            | Role::LegalReviewer
            | Role::PoliceOfficer
            | Role::Auditor
            | Role::Administrator
            | Role::Machine => false,
        },
        Permission::InspectionRelease => match role {
            Role::Operator | Role::Supervisor | Role::PoliceOfficer => true,
            Role::MobileOfficer
            | Role::Reviewer
            | Role::LegalReviewer
            | Role::Auditor
            | Role::Administrator
            | Role::Machine => false,
        },
        Permission::CaseOpen => match role {
            Role::Operator
            | Role::MobileOfficer
            | Role::Reviewer
            | Role::Supervisor
            | Role::PoliceOfficer => true,
            Role::LegalReviewer | Role::Auditor | Role::Administrator | Role::Machine => false,
        },
        Permission::CaseHandle => match role {
            Role::MobileOfficer | Role::Reviewer | Role::Supervisor => true,
            Role::Operator
            | Role::LegalReviewer
            | Role::PoliceOfficer
            | Role::Auditor
            | Role::Administrator
            | Role::Machine => false,
        },
        Permission::CaseLegalReview => match role {
            Role::LegalReviewer => true,
            Role::Operator
            | Role::MobileOfficer
            | Role::Reviewer
            | Role::Supervisor
            | Role::PoliceOfficer
            | Role::Auditor
            | Role::Administrator
            | Role::Machine => false,
        },
        Permission::CasePolice => match role {
            Role::PoliceOfficer => true,
            Role::Operator
            | Role::MobileOfficer
            | Role::Reviewer
            | Role::LegalReviewer
            | Role::Supervisor
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
        (Role::Operator, "yyynnynyynyynyyynnnnn"),
        (Role::MobileOfficer, "yyynnynynnynnynyynnnn"),
        (Role::Reviewer, "yyyyyynynnyynnnyynnnn"),
        (Role::LegalReviewer, "yyynyynynnynnnnnnnynn"),
        (Role::Supervisor, "yyyyyyyyyyyyyyyyyynyn"),
        (Role::PoliceOfficer, "yyynnynynnynnnyynnnny"),
        (Role::Auditor, "yyynnyyynnynnnnnnnnnn"),
        (Role::Administrator, "nnnnnnnynnnnnnnnnnnnn"),
        (Role::Machine, "yyynnynynnynnnnnnnnnn"),
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
            Permission::RegisterWrite,
            Permission::RegisterGovern,
            Permission::InspectionWork,
            Permission::InspectionRelease,
            Permission::CaseOpen,
            Permission::CaseHandle,
            Permission::CaseApprove,
            Permission::CaseLegalReview,
            Permission::CaseDecide,
            Permission::CasePolice,
        ] {
            assert!(!may(Role::Auditor, permission) && !may(Role::Machine, permission));
        }
    }
}
