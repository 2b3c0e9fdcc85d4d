//! What the registers of the demo's station hold: they come in as files, the way a station's own do.

use anyhow::{Context, ensure};
use chrono::{Days, NaiveDate};

use crate::api::registers::import;
use crate::register::RegisterKind;
use crate::role::Role;
use crate::store::Store;
use crate::store::records::Actor;

/// The carrier of the demo.
const CARRIER: &str = "91140400MA0DEMO001";
/// The driver who has three cases of the last months already: the next makes four.
const DRIVER: &str = "140404190001";
/// The quarry that loads the demo's trucks.
const SOURCE: &str = "YT-001";

/// Brings the registers in, unless they are there from an earlier start.
///
/// # Errors
/// When a file is refused, which would be a fault of the program, or nothing can be written.
pub async fn seed(store: &Store, station: &str, today: NaiveDate) -> anyhow::Result<()> {
    let by = Actor("system:demo".to_owned());
    for (kind, text) in files(station, today) {
        let plan = import::plan(store, kind, text.as_bytes(), None, today, |_, _| ()).await?;
        let refused: Vec<&str> = plan.refusals.iter().map(|one| one.en.as_str()).collect();
        ensure!(
            refused.is_empty(),
            "{}: {}",
            kind.name(),
            refused.join("; ")
        );
        let name = format!("demo-{}.csv", kind.name());
        import::apply(store, &plan, (&by, &name, Some("演示数据")), |_, _| ())
            .await
            .with_context(|| format!("demo register {}", kind.name()))?;
    }
    Ok(())
}

fn files(station: &str, today: NaiveDate) -> Vec<(RegisterKind, String)> {
    let ago = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let ahead = |days: u64| today.checked_add_days(Days::new(days)).unwrap_or(today);
    let (since, until) = (ago(400), ahead(700));
    let officers = [
        (Role::Operator, "演示操作员"),
        (Role::MobileOfficer, "演示流动执法员"),
        (Role::Reviewer, "演示审核员"),
        (Role::LegalReviewer, "演示法制审核员"),
        (Role::Supervisor, "演示负责人"),
    ];
    let officers: String = officers
        .iter()
        .enumerate()
        .map(|(number, (role, name))| {
            let licence = 14_040_400_001 + number;
            format!("{},{name},{licence},{since},{until},JT-01\n", role.name())
        })
        .collect();
    let past: String = [(300, 500), (190, 2_500), (75, 1_000)]
        .into_iter()
        .enumerate()
        .map(|(number, (days, fine))| {
            let act = ago(days);
            let decision = act.checked_add_days(Days::new(20)).unwrap_or(act);
            format!(
                "演示-{:03},超限运输,{act},{decision},交通,晋D7{:04},{DRIVER},{CARRIER},{SOURCE},罚款,{fine},已结案,\n",
                number + 1,
                number * 1_111 + 7,
            )
        })
        .collect();
    vec![
        (
            RegisterKind::Agencies,
            "机构编号,机构名称,主管部门\nJT-01,演示交通运输综合行政执法大队,交通运输主管部门\nGA-01,演示交警大队,公安机关交通管理部门\n"
                .to_owned(),
        ),
        (
            RegisterKind::Officers,
            format!("用户名,姓名,执法证号,有效期起,有效期止,所属机构编号\n{officers}"),
        ),
        (
            RegisterKind::Sites,
            format!(
                "站点编号,站点名称,类型,路线,桩号,批准文号,批准日期,法制审核日期,技术审核日期,标志设置日期,地点公布日期\n\
                 {station},演示治超检测站,非现场检测点,G208,K712+300,晋政函〔演示〕1号,{0},{0},{0},{0},{1}\n",
                ago(390),
                ago(330),
            ),
        ),
        (
            RegisterKind::Carriers,
            format!("统一社会信用代码,企业名称,货运车辆数\n{CARRIER},演示货运有限公司,{since}=20\n"),
        ),
        (
            RegisterKind::Drivers,
            format!(
                "从业资格证号,姓名,从业资格有效期起,从业资格有效期止,所属企业编号\n\
                 {DRIVER},张演示,{since},{until},{CARRIER}\n140404190002,李演示,{since},{until},{CARRIER}\n"
            ),
        ),
        (
            RegisterKind::Sources,
            format!(
                "源头单位编号,单位名称,类型,地点,列入公布名单日期,有称重设备,已联网\n\
                 {SOURCE},演示石料厂,砂石料场,演示县城北,{since},是,否\n"
            ),
        ),
        (
            RegisterKind::PastCases,
            format!(
                "案号,违法行为,违法行为发生日期,处罚决定日期,决定机关,车辆号牌,驾驶员从业资格证号,企业编号,源头单位编号,处理结果,罚款金额（元）,决定状态,经称重认定超限\n{past}"
            ),
        ),
    ]
}
