//! What can go wrong in the store, in words that say what to do.

use crate::casework::CaseState;
use crate::clock::EntropyError;
use crate::evidence::canonical::CanonicalError;
use crate::evidence::journal::Break;

/// What a failed statement means, the same for both engines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FailureClass {
    /// A constraint: unique, foreign key, check, not null. Trying again can't help.
    Conflict,
    /// Another process holds a lock, or the server has no room for a connection. Passes.
    Busy,
    /// The connection, the server or the disk is gone or damaged. A person must look.
    Gone,
    /// The disk is full. A person must make room.
    Full,
    /// Anything else, e.g. a statement the engine doesn't understand. Trying again can't help.
    Other,
}

impl FailureClass {
    /// Whether the trouble is of the machine and not of the operation, so that the same operation
    /// goes through once the machine is well again.
    pub const fn is_operating(self) -> bool {
        matches!(self, Self::Busy | Self::Gone | Self::Full)
    }

    /// What the person in front of it should do.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Conflict => {
                "记录违反数据库规则，请作为故障上报 / the record breaks a rule of the database; report this \
                 as a fault"
            }
            Self::Busy => {
                "其他进程占用数据库，稍后自动重试 / another process holds the database; it is tried again"
            }
            Self::Gone => {
                "请检查磁盘是否挂载且完好、数据库服务是否运行 / check that the disk is mounted and healthy and \
                 the server is running"
            }
            Self::Full => {
                "磁盘已满，请在数据库所在卷上腾出空间 / the disk is full: free space on the volume that holds \
                 the database"
            }
            Self::Other => "请连同日志作为故障上报 / report this as a fault, with the daemon's log",
        }
    }
}

/// Everything the store refuses or fails at.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error("数据库出错 / database failed at {at}: {message}; {}", class.advice())]
    Database {
        /// What it means.
        class: FailureClass,
        /// The statement, by its file name, or the step.
        at: &'static str,
        /// The engine's words.
        message: String,
    },
    /// The database was made by a newer release.
    #[error(
        "数据库由更新的版本打开过（迁移 {found}，本版本只到 {known}），请装回该版本，或恢复升级前的备份 / \
         this database has migration {found}, this release knows only up to {known}: it was \
         opened by a newer steelyard; install that release again, or restore the backup taken \
         before the upgrade"
    )]
    Newer {
        /// Greatest migration in the database.
        found: i64,
        /// Greatest migration this release knows.
        known: i64,
    },
    /// The database needs a migration and was opened for reading only.
    #[error(
        "数据库需要升级（迁移 {found}，本版本为 {known}），请先启动一次守护进程，会自动备份 / this database \
         has migration {found}, this release needs {known}; start the daemon once, it takes \
         a backup first"
    )]
    Older {
        /// Greatest migration in the database.
        found: i64,
        /// Greatest migration this release knows.
        known: i64,
    },
    /// A migration in the database isn't the one this release carries under the same number.
    #[error(
        "数据库的迁移 {version} 与本版本不同，请用建库的版本 / migration {version} in this database differs from the one in this release; the files were \
         changed after a release, use the release that made the database"
    )]
    ForeignMigration {
        /// Its number.
        version: i64,
    },
    /// Another daemon writes to this database.
    #[error(
        "另一个 steelyard 正在写 {place}，请先停止它，或换一个数据目录 / another steelyard daemon is \
         writing to {place}; stop it first (one database has one \
         writer), or give this one another data folder or database"
    )]
    AlreadyRunning {
        /// The lock file or the database.
        place: String,
    },
    /// The database belongs to another station.
    #[error(
        "数据库属于站点 {found:?}，而配置为 {expected:?}，请更正 station.code 或换用正确的数据库 / this \
         database belongs to station {found:?}, the settings say {expected:?}; correct \
         station.code or give the right database"
    )]
    OtherStation {
        /// Station in the settings.
        expected: String,
        /// Station in the database.
        found: String,
    },
    /// The database URL can't be read.
    #[error(
        "数据库地址 {given:?} 写法不对 / database url {given:?} is neither a path, sqlite:PATH nor postgres://user@host/database"
    )]
    BadUrl {
        /// What was given, without its password.
        given: String,
    },
    /// A file or folder of the store can't be used.
    #[error(
        "{path}: {source}；请检查目录是否存在、可写、有空间 / check that the folder exists, is writable and \
         has room"
    )]
    Folder {
        /// The path.
        path: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// A body that has no canonical form, or lacks the shape the store needs.
    #[error("body of {kind}: {source}")]
    Body {
        /// Journal kind.
        kind: &'static str,
        /// Why.
        source: CanonicalError,
    },
    /// A number that is not the next of its series.
    #[error(
        "文号 {series}〔{year}〕第 {given} 号已被使用或跳号，下一号为 {next} / number {given} of {series} {year} is not \
         the next, which is {next}; it is asked for again"
    )]
    NumberTaken {
        /// Series.
        series: String,
        /// Year.
        year: i64,
        /// What was given.
        given: i64,
        /// What is next.
        next: i64,
    },
    /// Another case holds the act.
    #[error(
        "该违法行为已由案件 {case_id}（{authority}）处理，一事不再罚 / the act {act_id} is handled in case {case_id} \
         ({authority}): one act, one fine"
    )]
    ActTaken {
        /// The act.
        act_id: String,
        /// The case that holds it.
        case_id: String,
        /// Whose case it is.
        authority: String,
    },
    /// Somebody was faster with a stay.
    #[error(
        "检测 {inspection_id} 当前版本 {found}，提交基于版本 {expected}，请刷新 / stay {inspection_id} is at version \
         {found}, the step was made on {expected}; read it again"
    )]
    StaleInspection {
        /// The stay.
        inspection_id: String,
        /// Version the step was made on; 0 to begin one.
        expected: i64,
        /// Version there is; 0 when there is none.
        found: i64,
    },
    /// A passage belongs to another stay.
    #[error(
        "称重记录 {passage_id} 已属于检测 {inspection_id} / passage {passage_id} belongs to stay {inspection_id}"
    )]
    PassageInspected {
        /// The passage.
        passage_id: String,
        /// Its stay.
        inspection_id: String,
    },
    /// A case can't rest on a passage whose reads are not all in.
    #[error(
        "称重记录 {passage_id} 尚未归档，归档后再立案 / passage {passage_id} is not closed yet: open the case once it is"
    )]
    PassageNotClosed {
        /// The passage.
        passage_id: String,
    },
    /// A passage is one act, and another case is about it.
    #[error(
        "称重记录 {passage_id} 已属于案件 {case_id} / passage {passage_id} belongs to case {case_id}, which is about another act"
    )]
    PassageInCase {
        /// The passage.
        passage_id: String,
        /// The case that it belongs to.
        case_id: String,
    },
    /// Another case of the plate lies so near that it may be about the same act.
    #[error(
        "该车在相近时间已有案件 {case_id} / case {case_id} of this vehicle lies near: say whether it is the same act"
    )]
    CaseNear {
        /// That case.
        case_id: String,
    },
    /// Randomness failed.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// A passage that was never recorded.
    #[error("passage {passage_id} was never recorded; record its weighing first")]
    UnknownPassage {
        /// Its id.
        passage_id: String,
    },
    /// A stay can't be handled in a case that came to nothing.
    #[error(
        "案件 {case_id} 为“{}”，已终止，不能关联 / case {case_id} can't be linked, it is: {}",
        state.zh(),
        state.en()
    )]
    CaseDropped {
        /// The case.
        case_id: String,
        /// Where it stands.
        state: CaseState,
    },
    /// A case that doesn't exist.
    #[error("there is no case {case_id}")]
    UnknownCase {
        /// Its id.
        case_id: String,
    },
    /// The case exists already and was opened by another passage.
    #[error("case {case_id} exists already, opened by passage {passage_id}")]
    CaseExists {
        /// Its id.
        case_id: String,
        /// The passage that opened it.
        passage_id: String,
    },
    /// Somebody else moved the case first.
    #[error(
        "case {case_id} is at version {found}, the step was made on version {expected}: somebody \
         was faster; read the case again and decide again"
    )]
    Stale {
        /// The case.
        case_id: String,
        /// Version the actor saw.
        expected: i64,
        /// Version now.
        found: i64,
    },
    /// The party's counter was marked anew, or rolled, since its cases were read.
    #[error(
        "{track} {id:?} was marked by entry {expected}, now by {found:?}: its cases changed meanwhile; \
         read them again"
    )]
    PartyMarked {
        /// What the party is to its cases.
        track: &'static str,
        /// Its identity.
        id: String,
        /// Sequence of the entry that the roll rests on.
        expected: i64,
        /// Sequence of the latest entry that asked for it; `None` when none waits.
        found: Option<i64>,
    },
    /// Somebody else changed the entry of a register first.
    #[error(
        "{register} {key:?} is at version {found}, the change was made on version {expected}: somebody \
         was faster; read the entry again and decide again"
    )]
    StaleEntry {
        /// Which register.
        register: &'static str,
        /// Key of the entry.
        key: String,
        /// Version the change was made on.
        expected: i64,
        /// Version now, 0 when there is no such entry.
        found: i64,
    },
    /// A user that doesn't exist.
    #[error("there is no user {name:?}")]
    UnknownUser {
        /// The name.
        name: String,
    },
    /// The store was opened for reading only, or it was shut down.
    #[error("the store takes no more writes: it is open for reading only or shut down")]
    Closed,
    /// A picture isn't in the picture store.
    #[error("picture {sha256} is not in the picture store; restore it from a backup")]
    NoPicture {
        /// Its digest.
        sha256: String,
    },
    /// A picture's bytes are not those that were stored.
    #[error(
        "picture {sha256} has digest {found}: the file was changed or damaged; restore it from a \
         backup and look for the cause"
    )]
    DamagedPicture {
        /// Digest it was stored under.
        sha256: String,
        /// Digest of what is there now.
        found: String,
    },
    /// The picture store failed.
    #[error(
        "照片存储出错，请检查其磁盘、空间与权限 / picture store: {message}; check the folder's disk, free \
         space and permissions"
    )]
    Pictures {
        /// Its words.
        message: String,
    },
    /// The journal doesn't verify.
    #[error(transparent)]
    Journal(#[from] Break),
}

impl StoreError {
    /// Class of a database failure, `None` for everything else.
    pub const fn class(&self) -> Option<FailureClass> {
        match self {
            Self::Database { class, .. } => Some(*class),
            _ => None,
        }
    }
}
