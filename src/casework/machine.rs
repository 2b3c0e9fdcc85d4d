//! State machines as data (状态机): a table of transitions, each with the states it leaves and may lead
//! to, who may make it, the papers it needs and what must hold before. What applies a step reads the same
//! table as what writes the documentation.

use super::document::DocumentKind;
use super::permission::{Permission, may};
use crate::role::Role;

/// A machine: its closed lists and its table.
pub trait Machine: Sized + 'static {
    /// Where a file can stand.
    type State: Copy + Eq + std::fmt::Debug + 'static;
    /// What can be done with it.
    type Action: Copy + Eq + std::fmt::Debug + 'static;
    /// What must hold before.
    type Condition: Copy + Eq + std::fmt::Debug + 'static;

    /// The table.
    const TRANSITIONS: &'static [Transition<Self>];

    /// A state's name, Chinese and English.
    fn state_words(state: Self::State) -> [&'static str; 3];
    /// An action's name, Chinese and English.
    fn action_words(action: Self::Action) -> [&'static str; 3];
    /// A condition's name, Chinese and English.
    fn condition_words(condition: Self::Condition) -> [&'static str; 3];
}

/// One row of a machine's table.
#[derive(Debug)]
pub struct Transition<M: Machine> {
    /// What is done.
    pub action: M::Action,
    /// In which states it can be done.
    pub from: &'static [M::State],
    /// Where it may lead; empty when the state stays as it is. Of several, what was decided or is still
    /// missing says which.
    pub to: &'static [M::State],
    /// Who may: whoever holds one of these.
    pub permissions: &'static [Permission],
    /// Papers that come with it.
    pub documents: &'static [DocumentKind],
    /// What must hold before.
    pub conditions: &'static [M::Condition],
    /// Where it stands in the law, or that it is the station's own.
    pub basis: &'static str,
}

impl<M: Machine> Transition<M> {
    /// Whether a role may make it.
    pub fn permits(&self, role: Role) -> bool {
        self.permissions
            .iter()
            .any(|permission| may(role, *permission))
    }
}

/// The row of an action in a state; `None` when it can't be done there.
pub fn transition<M: Machine>(
    state: M::State,
    action: M::Action,
) -> Option<&'static Transition<M>> {
    M::TRANSITIONS
        .iter()
        .find(|row| row.action == action && row.from.contains(&state))
}

/// The table as Markdown, for the documentation: one row a transition.
pub fn markdown<M: Machine>() -> String {
    let mut text = String::from(
        "| 步骤 step | 从 from | 到 to | 角色 roles | 文书 papers | 前提 conditions | 依据 basis |\n\
         |---|---|---|---|---|---|---|\n",
    );
    let named = |[name, zh, _]: [&'static str; 3]| format!("`{name}` {zh}");
    for row in M::TRANSITIONS {
        let roles: Vec<_> = Role::ALL
            .into_iter()
            .filter(|role| row.permits(*role))
            .map(Role::name)
            .collect();
        let states = |states: &[M::State]| {
            let names: Vec<_> = states
                .iter()
                .map(|state| named(M::state_words(*state)))
                .collect();
            names.join("<br>")
        };
        let papers: Vec<_> = row.documents.iter().map(|kind| kind.zh()).collect();
        let conditions: Vec<_> = row
            .conditions
            .iter()
            .map(|condition| named(M::condition_words(*condition)))
            .collect();
        let to = if row.to.is_empty() {
            "不变 same".to_owned()
        } else {
            states(row.to)
        };
        text.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} |\n",
            named(M::action_words(row.action)),
            states(row.from),
            to,
            roles.join(", "),
            papers.join("、"),
            conditions.join("<br>"),
            row.basis,
        ));
    }
    text
}
