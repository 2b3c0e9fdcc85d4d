//! A verdict as text for people, Chinese first.

use std::io::{self, Write};

use crate::law::{Assessment, TransportKind, TransportPenalty, Verdict};
use crate::units::Yuan;

pub fn write_text(
    output: &mut impl Write,
    assessment: &Assessment,
    title: Option<&str>,
    verdict: &Verdict,
    differences: Option<&[String]>,
) -> io::Result<()> {
    let id = assessment.id.as_deref().unwrap_or("-");
    writeln!(
        output,
        "■ {id}  {}  {}",
        assessment.day,
        title.unwrap_or_default()
    )?;
    if verdict.hypothetical {
        writeln!(
            output,
            "  （假设：按另一日的法规表 / hypothetical: by another day's table）"
        )?;
    }
    match verdict.class {
        Some(class) => writeln!(output, "  结论 Verdict：{}", class.zh())?,
        None => writeln!(output, "  结论 Verdict：不能判定 undetermined")?,
    }
    if let (Some(mass), Some(limit), Some(overage), Some(percent)) = (
        verdict.enforcement_kg,
        verdict.limit_kg,
        verdict.overage_kg,
        verdict.overage_percent.as_deref(),
    ) {
        writeln!(
            output,
            "  认定总质量 {mass}，限值 {limit}，超限 {overage}（{percent}%）  \
             [mass, limit, overage]"
        )?;
    }
    write_penalties(output, verdict)?;
    for group in &verdict.axle_groups {
        let [first, last] = group.axles;
        let load = group
            .load_kg
            .map_or_else(|| "-".to_owned(), |load| load.to_string());
        let over = group.overage_kg.filter(|over| over.get() > 0);
        let over = over.map(|over| format!("，超 {over}")).unwrap_or_default();
        let kind = group.kind.zh();
        let limit = group.limit_kg;
        writeln!(output, "  轴 {first}-{last} {kind}：{load} / {limit}{over}")?;
    }
    for found in &verdict.dimensions {
        let over = found.overage_mm;
        let over = if over.get() > 0 {
            format!("，超 {over}")
        } else {
            String::new()
        };
        writeln!(
            output,
            "  {}：{} / {}{over}",
            found.dimension.zh(),
            found.measured_mm,
            found.limit_mm
        )?;
    }
    for other in &verdict.alternatives {
        writeln!(
            output,
            "  另一种理解 Other reading：{} / {}：限值 {}，超限 {}，{}",
            other.reading.zh(),
            other.reading.en(),
            other.limit_kg,
            other.overage_kg,
            penalty(&other.transport)
        )?;
    }
    if let Some(risk) = &verdict.risk {
        let withheld = if risk.withheld {
            "：不予处罚 no penalty"
        } else {
            ""
        };
        writeln!(
            output,
            "  误认风险 Risk：≤ {} / 1 000 000{withheld}",
            risk.per_million
        )?;
    }
    writeln!(output, "  推导 Derivation：")?;
    for (number, step) in (1..).zip(&verdict.derivation) {
        writeln!(
            output,
            "  {number:>3}. {} —— {}",
            step.text_zh(),
            step.article.zh()
        )?;
        writeln!(output, "       {} -- {}", step.text_en(), step.article.en())?;
    }
    for note in &verdict.notes {
        writeln!(
            output,
            "  注意 Note：{} / {}",
            note.text_zh(),
            note.text_en()
        )?;
    }
    if let Some(table) = &verdict.table {
        writeln!(
            output,
            "  法规表 Table：{} sha256 {}",
            table.id, table.digest
        )?;
    }
    match differences {
        Some([]) => writeln!(output, "  与预期一致 as expected")?,
        Some(differences) => {
            for difference in differences {
                writeln!(output, "  与预期不符 not as expected: {difference}")?;
            }
        }
        None => {}
    }
    writeln!(output)
}

fn write_penalties(output: &mut impl Write, verdict: &Verdict) -> io::Result<()> {
    if let Some(transport) = verdict.transport {
        let text = penalty(&transport);
        writeln!(output, "  交通运输部门 Transport authority：{text}")?;
        if let Some([least, most]) = transport.total_range_yuan {
            writeln!(
                output,
                "  质量与外廓尺寸合计 Mass and dimensions together：{}-{} 元",
                least.get(),
                most.get()
            )?;
        }
    }
    if let Some(police) = verdict.police {
        let unknown = || "未知 unknown".to_owned();
        let points = police
            .points
            .map_or_else(unknown, |points| points.to_string());
        let fine = police
            .fine_range_yuan
            .map_or_else(unknown, |[least, most]| match most.get() {
                0 => "无 none".to_owned(),
                most => format!("{}-{most} 元", least.get()),
            });
        writeln!(
            output,
            "  公安 Police：罚款 fine {fine}，记分 points {points}"
        )?;
    }
    let police_fine = verdict.police.and_then(|police| police.fine_range_yuan);
    let both = verdict
        .transport
        .is_some_and(|transport| transport.kind == TransportKind::Fine)
        && police_fine.is_some_and(|range| range[1] > Yuan::ZERO);
    match &verdict.one_act {
        Some(one_act) => writeln!(output, "  {} / {}", one_act.text_zh(), one_act.text_en())?,
        None if both => writeln!(
            output,
            "  一事不二罚：两项罚款择一 / one act, one fine: these are alternatives"
        )?,
        None => {}
    }
    Ok(())
}

fn penalty(transport: &TransportPenalty) -> String {
    match transport.kind {
        TransportKind::None => "不处罚 none".to_owned(),
        TransportKind::Warning => "警告 warning".to_owned(),
        TransportKind::Fine => format!("罚款 fine {} 元", transport.yuan.get()),
    }
}
