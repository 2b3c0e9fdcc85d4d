//! Steps of a stay at the station, and the bodies that open a case or a stay.

use super::Entry;

pub(super) const STAY_STEPS: &[Entry] = &[
    Entry {
        zh: "开始一次检测；由 `POST inspections` 办理，见下文，不作为后续步骤发送。",
        en: "Opens the stay: sent to `POST inspections` (below), never as a later step.",
        examples: &[
            r#"{"action": "select", "station": "DEMO01", "by": "officer", "lane": 1, "inspection_id": "stay-1", "plate": "晋D12345", "note": "目测超载"}"#,
        ],
    },
    Entry {
        zh: "引导进站。",
        en: "The vehicle comes into the station.",
        examples: &[r#"{"action": "lead_in", "note": "情报板引导"}"#],
    },
    Entry {
        zh: "初检。数据来自称重记录（`from: passage`）；人工录入（`from: hand`）默认不允许。",
        en: "First weighing, from a passage; figures by hand (`from: hand`) are off by default.",
        examples: &[
            r#"{"action": "weigh", "weighing": {"from": "passage", "passage_id": "DEMO01-1-1"}}"#,
            r#"{"action": "weigh", "weighing": {"from": "hand", "gross_kg": 58000, "axle_loads_kg": [], "scale": "静态秤", "certificate": "JD-1", "reason": "通信故障"}}"#,
        ],
    },
    Entry {
        zh: "复检（卸载后或者应当事人要求）。",
        en: "Any later weighing: after unloading, or at the party's request.",
        examples: &[
            r#"{"action": "reweigh", "weighing": {"from": "passage", "passage_id": "DEMO01-1-2"}, "plate_differs": "号牌识别有误", "request": 1}"#,
        ],
    },
    Entry {
        zh: "某次称重作废，记录保留。",
        en: "A weighing does not count; it stays on record.",
        examples: &[r#"{"action": "void_weighing", "weighing": 1, "reason": "两车同时在秤上"}"#],
    },
    Entry {
        zh: "当事人要求复称或换秤。",
        en: "The party asks for a re-weighing or another scale.",
        examples: &[
            r#"{"action": "request", "kind": "reweigh", "party": "张演示", "note": "认为称重不准"}"#,
        ],
    },
    Entry {
        zh: "答复当事人的要求。",
        en: "The answer to a request.",
        examples: &[r#"{"action": "answer", "request": 1, "granted": true, "reason": "同意复称"}"#],
    },
    Entry {
        zh: "人工登记号牌；相机识别结果保留。",
        en: "A plate typed by hand; what the camera read stays.",
        examples: &[
            r#"{"action": "identify", "reason": "misread", "plate": "晋D12345", "trailer_plate": "晋D1234挂", "note": "行驶证核对"}"#,
        ],
    },
    Entry {
        zh: "登记车货信息；未填的保持原样。静态秤不识别轴数的，填轴数后才能认定。",
        en: "Vehicle and goods; what is left out stays. Where a scale knows no axles, the limit is known from here.",
        examples: &[
            r#"{"action": "describe", "axles": 6, "driven_axles": 2, "goods": "碎石", "divisible": true, "driver": "张演示", "driver_id": "140404190001", "carrier": "演示货运有限公司", "carrier_id": "91140400MA0DEMO001", "loading_sheet": "shown", "loading_sheet_number": "ZZ-1", "source": "演示石料厂", "source_id": "YT-001"}"#,
        ],
    },
    Entry {
        zh: "出具称重和卸载单，两名执法人员签名。",
        en: "The weighing and unloading sheet, signed by two officers.",
        examples: &[
            r#"{"action": "sheet", "number": "CZ-1", "officers": ["operator", "mobile_officer"], "sha256": "abababababababababababababababababababababababababababababababab"}"#,
        ],
    },
    Entry {
        zh: "开始卸载。",
        en: "Unloading begins.",
        examples: &[
            r#"{"action": "begin_unloading", "notice": "XZ-1", "place": "卸货场A", "supervised_by": "operator"}"#,
        ],
    },
    Entry {
        zh: "货物分装转运到其他车辆。",
        en: "Goods go onto other vehicles.",
        examples: &[
            r#"{"action": "transfer", "vehicles": [{"plate": "晋D54321", "goods_kg": 9000}], "supervised_by": "operator", "note": "货主自备车辆"}"#,
        ],
    },
    Entry {
        zh: "出示超限运输车辆通行证。",
        en: "A permit is shown.",
        examples: &[
            r#"{"action": "permit_shown", "number": "晋超2026-1", "sha256": "abababababababababababababababababababababababababababababababab"}"#,
        ],
    },
    Entry {
        zh: "扣押（`transport`）或者公安扣留（`police`）车辆。",
        en: "The vehicle is held, by the transport authority or by the police.",
        examples: &[
            r#"{"action": "hold_vehicle", "number": "演交强〔2026〕1号", "authority": "transport", "reason": "拒绝接受检测", "basis": "《公路安全保护条例》第六十七条", "officers": ["operator", "mobile_officer"], "approved_by": "supervisor"}"#,
        ],
    },
    Entry {
        zh: "延长扣押期限，只能一次。",
        en: "The hold is extended, once.",
        examples: &[
            r#"{"action": "extend_hold", "number": "演交强延〔2026〕1号", "approved_by": "supervisor", "reason": "情况复杂"}"#,
        ],
    },
    Entry {
        zh: "解除扣押。",
        en: "The hold ends.",
        examples: &[
            r#"{"action": "lift_hold", "number": "演交强解〔2026〕1号", "reason": "已接受处理"}"#,
        ],
    },
    Entry {
        zh: "登记车辆停放位置。",
        en: "Where the vehicle stands in the yard.",
        examples: &[
            r#"{"action": "place", "place": "停车场3号位", "keeper": "看管员", "note": "钥匙已收"}"#,
        ],
    },
    Entry {
        zh: "卸载货物入库；保管单号只能用一次。",
        en: "Goods come into the yard; a receipt's number is used once.",
        examples: &[
            r#"{"action": "goods_stored", "goods": "碎石", "goods_kg": 9000, "place": "卸货场A", "keeper": "看管员", "receipt": "BG-1"}"#,
        ],
    },
    Entry {
        zh: "货物领取，可分次，不超过在库数量。",
        en: "Goods leave the yard, in parts too, never more than lie there.",
        examples: &[
            r#"{"action": "goods_collected", "receipt": "BG-1", "goods_kg": 9000, "collected_by": "李货主", "onto_plate": "晋D54321"}"#,
        ],
    },
    Entry {
        zh: "放行（检测合格后）。",
        en: "Release, once cleared.",
        examples: &[r#"{"action": "release", "slip": "FX-1", "note": "已卸载至限值以下"}"#],
    },
    Entry {
        zh: "附原因放行；`note` 在 `other` 时必填。",
        en: "Let through for a reason outside of the rule; `note` is needed with `other`.",
        examples: &[
            r#"{"action": "let_through", "reason": "emergency", "paper": "应急指挥部函1号", "allowed_by": "supervisor", "note": "救灾物资"}"#,
        ],
    },
    Entry {
        zh: "拒绝检测；有照片，或者说明为何没有。",
        en: "Refuses inspection; with pictures, or why there are none.",
        examples: &[
            r#"{"action": "refuse", "happened_at": 1795744800000000, "what": "驾驶人锁门离开", "done": "现场录像", "pictures": ["abababababababababababababababababababababababababababababababab"]}"#,
            r#"{"action": "refuse", "happened_at": 1795744800000000, "what": "驾驶人锁门离开", "done": "已通知公安", "no_pictures": "设备没电"}"#,
        ],
    },
    Entry {
        zh: "强行冲卡。",
        en: "Forces its way through.",
        examples: &[
            r#"{"action": "force_through", "happened_at": 1795744800000000, "what": "撞断栏杆驶离", "done": "已报警", "pictures": [], "no_pictures": "相机被撞坏"}"#,
        ],
    },
    Entry {
        zh: "逃避检测。",
        en: "Evades inspection.",
        examples: &[
            r#"{"action": "evade", "happened_at": 1795744800000000, "what": "绕行辅道", "done": "已记录", "pictures": [], "no_pictures": "辅道无相机"}"#,
        ],
    },
    Entry {
        zh: "未进站。",
        en: "Never came in.",
        examples: &[r#"{"action": "abandon", "reason": "车辆折返"}"#],
    },
    Entry {
        zh: "移交驻站公安（有公安驻站的）。",
        en: "To the resident police, where there are any.",
        examples: &[
            r#"{"action": "hand_to_police", "sheet": "CZ-1", "to": "驻站民警", "note": "连同称重单"}"#,
        ],
    },
    Entry {
        zh: "通知公安到场（无公安驻站的）。",
        en: "The police are called, where none are resident.",
        examples: &[
            r#"{"action": "call_police", "letter": "TZ-1", "to": "演示交警大队", "note": "半小时到"}"#,
        ],
    },
    Entry {
        zh: "车辆由公安带离。",
        en: "The police take the vehicle along.",
        examples: &[
            r#"{"action": "vehicle_to_police", "receipt": "公交强字1号", "to": "演示交警大队"}"#,
        ],
    },
    Entry {
        zh: "公安处理结果；未处理的只填 `note`。",
        en: "What the police made of it; where they decline, `note` alone.",
        examples: &[
            r#"{"action": "police_result", "decision": "公交决字〔2026〕1号", "fine_yuan": 500, "points": 3, "note": "已处罚"}"#,
        ],
    },
    Entry {
        zh: "关联案件。",
        en: "The case it is handled in.",
        examples: &[r#"{"action": "link_case", "case_id": "case-1"}"#],
    },
    Entry {
        zh: "当事人签字：手写板 `pad`、纸质扫描 `paper`、拒签 `refused`。",
        en: "A signature: from a pad, on paper, or refused.",
        examples: &[
            r#"{"action": "sign", "paper": "CZ-1", "signer": "驾驶人", "signature": {"how": "refused", "officers": ["operator", "mobile_officer"], "witness": "李见证", "reason": "不认可"}}"#,
            r#"{"action": "sign", "paper": "CZ-1", "signer": "驾驶人", "signature": {"how": "pad", "sha256": "abababababababababababababababababababababababababababababababab", "format": "png"}}"#,
            r#"{"action": "sign", "paper": "CZ-1", "signer": "驾驶人", "signature": {"how": "paper", "sha256": "abababababababababababababababababababababababababababababababab"}}"#,
        ],
    },
    Entry {
        zh: "备注。",
        en: "A note.",
        examples: &[r#"{"action": "note", "text": "驾驶人配合"}"#],
    },
    Entry {
        zh: "附件：登记文件的摘要。",
        en: "A file by its digest.",
        examples: &[
            r#"{"action": "attach", "sha256": "abababababababababababababababababababababababababababababababab", "kind": "photo", "name": "车头.jpg", "bytes": 204800}"#,
        ],
    },
    Entry {
        zh: "更正先前的一条记录；原记录保留。",
        en: "Corrects an earlier record, which stays.",
        examples: &[
            r#"{"action": "correct", "record": "place", "number": 1, "was": "3号位", "is": "5号位", "reason": "登记笔误"}"#,
        ],
    },
];

/// Bodies of `POST cases`. `case_id`, `station` and `judgement` are the server's.
pub(super) const OPEN_CASE: Entry = Entry {
    zh: "人工登记案件。依据称重记录的，时间、总重、号牌取自记录；仅涉及货运源头单位的，用 `source` 代替号牌。",
    en: "Opens a case by hand. What rests on a passage takes time, gross and plate from it; a case about a \
         loading source alone has `source` in place of the plate.",
    examples: &[
        r#"{"origin": "report", "plate": "晋D12345", "passages": ["DEMO01-1-1"], "facts": "群众举报，称重记录显示超限"}"#,
        r#"{"origin": "inspection", "mode": "mobile_joint", "act_at": 1795744800000000, "plate": "晋D12345", "trailer_plate": "晋D1234挂", "plate_colour": "黄", "gross_kg": 58000, "offence": "evasion", "facts": "绕行逃避检测"}"#,
        r#"{"origin": "report", "source": {"id": "YT-001", "name": "演示石料厂", "kind": "organisation"}, "traced_from": [], "visit": {"on": "2026-11-26", "place": "演示石料厂", "record": "JC-1"}, "offence": "source_release", "act_at": 1795744800000000, "facts": "放行超限车辆"}"#,
    ],
};

/// Bodies of `POST inspections`. `station` is the server's.
pub(super) const OPEN_STAY: Entry = Entry {
    zh: "开始一次检测。有称重记录的填 `passage_id`，编号由它得出；没有的填 `inspection_id`（自定，不重复）和号牌。",
    en: "Begins a stay. With a passage its key comes from it; without one give `inspection_id` (your own, each once) \
         and the plate.",
    examples: &[
        r#"{"by": "officer", "passage_id": "DEMO01-1-1"}"#,
        r#"{"by": "report", "inspection_id": "stay-1", "lane": 1, "plate": "晋D12345", "follows": "stay-0", "note": "举报超载"}"#,
    ],
};
