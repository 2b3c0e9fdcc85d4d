//! Steps of a case and of a track: one line about each, and a body that can be sent.

use super::Entry;

pub(super) const CASE_STEPS: &[Entry] = &[
    Entry {
        zh: "审核无误。初审、复审各一次，须由不同的人办理。",
        en: "In order. Once at the first review, once at the second, by another person.",
        examples: &[r#"{"action": "confirm", "plate_compared": true, "note": "车牌与照片一致"}"#],
    },
    Entry {
        zh: "审核认为不应处理，案件终止。",
        en: "Unfit on review: the case ends.",
        examples: &[r#"{"action": "discard", "reason": "plate_unreadable", "note": "夜间反光"}"#],
    },
    Entry {
        zh: "审核通过后决定不予立案。",
        en: "Confirmed, and not filed.",
        examples: &[
            r#"{"action": "refuse_filing", "reason": "permit_valid", "note": "通行证有效"}"#,
        ],
    },
    Entry {
        zh: "指派执法人员，至少两名，须在台账中有当日有效的执法证。",
        en: "Two officers or more become responsible; each needs a licence in the register that is valid that day.",
        examples: &[r#"{"action": "assign_officers", "officers": ["reviewer", "mobile_officer"]}"#],
    },
    Entry {
        zh: "确定当事人（处罚谁）；个人与单位的限额不同。",
        en: "Names the party that is punished; limits differ for a person and an organisation.",
        examples: &[
            r#"{"action": "name_respondent", "respondent": {"kind": "organisation", "id": "91140400MA0DEMO001", "name": "演示货运有限公司"}}"#,
        ],
    },
    Entry {
        zh: "确定一超四罚中某一责任主体；按 id 计次。",
        en: "Names the party of one of the four penalties; `id` is what is counted by.",
        examples: &[
            r#"{"action": "set_party", "track": "driver", "id": "140404190001", "name": "张演示"}"#,
            r#"{"action": "set_party", "track": "vehicle", "id": "晋D12345", "name": "晋D12345", "trailer_plate": "晋D1234挂"}"#,
        ],
    },
    Entry {
        zh: "源头倒查的结果。",
        en: "What tracing the source found.",
        examples: &[
            r#"{"action": "trace_source", "finding": "sheet_shown", "sheet_number": "ZZ-1", "source_id": "YT-001", "source_name": "演示石料厂", "text": "货物装载单由演示石料厂出具"}"#,
        ],
    },
    Entry {
        zh: "办案记录，不改变状态。",
        en: "A note; the state stays.",
        examples: &[r#"{"action": "note", "text": "已联系车主"}"#],
    },
    Entry {
        zh: "附件入卷：登记文件的摘要，文件本身另行保存。",
        en: "A file by its digest; the file itself is kept elsewhere.",
        examples: &[
            r#"{"action": "attach", "kind": "body_camera", "name": "执法记录仪-1.mp4", "sha256": "abababababababababababababababababababababababababababababababab", "bytes": 104857600}"#,
        ],
    },
    Entry {
        zh: "文书入卷：登记种类、文号和时间。",
        en: "A paper by kind, number and time.",
        examples: &[
            r#"{"action": "add_document", "document": {"kind": "interview_record", "number": "XW-1", "at": 1795744800000000, "sha256": "abababababababababababababababababababababababababababababababab", "note": "驾驶人询问笔录"}}"#,
        ],
    },
    Entry {
        zh: "更正先前的一条记录；原记录保留。",
        en: "Corrects an earlier record, which stays.",
        examples: &[
            r#"{"action": "correct", "record": "note", "index": 0, "text": "应为车主之子"}"#,
        ],
    },
    Entry {
        zh: "立案，取案号，占用该违法行为（一事不再罚）。",
        en: "Files the case: it gets its number and holds the act.",
        examples: &[
            r#"{"action": "file", "procedure": "ordinary", "reason": "称重超限，证据齐全"}"#,
        ],
    },
    Entry {
        zh: "简易程序转为普通程序。",
        en: "From the simplified to the ordinary procedure.",
        examples: &[r#"{"action": "switch_to_ordinary", "reason": "当事人对事实有异议"}"#],
    },
    Entry {
        zh: "简易程序当场告知拟作处罚。",
        en: "Simplified procedure: tells on the spot what is proposed.",
        examples: &[
            r#"{"action": "inform_on_spot", "outcome": "fine", "yuan": 200, "grounds": "62号令第四十三条"}"#,
        ],
    },
    Entry {
        zh: "调查终结，写明调查报告结论。",
        en: "The investigation ends with its report.",
        examples: &[
            r#"{"action": "end_investigation", "report": "事实清楚，证据充分", "complex": "涉及多个责任主体"}"#,
        ],
    },
    Entry {
        zh: "出具违法行为通知书（告知），取文号。",
        en: "Notice of what is proposed; it gets its number.",
        examples: &[
            r#"{"action": "give_notice", "outcome": "fine", "yuan": 500, "grounds": "62号令第四十三条"}"#,
        ],
    },
    Entry {
        zh: "登记文书送达；处罚决定书的送达用 `serve`。",
        en: "A service; that of the decision is `serve`.",
        examples: &[
            r#"{"action": "record_service", "paper": "notice", "way": "handed_over", "served_on": "2026-11-27", "recipient": "张演示"}"#,
        ],
    },
    Entry {
        zh: "当事人陈述申辩及是否采纳。",
        en: "The party's statement, and whether it is accepted.",
        examples: &[
            r#"{"action": "record_defence", "text": "称重有误差", "accepted": false, "reply": "衡器检定有效，误差已扣除"}"#,
        ],
    },
    Entry {
        zh: "当事人放弃陈述申辩和听证。",
        en: "The party gives up statement and hearing.",
        examples: &[r#"{"action": "waive_defence", "text": "无异议，放弃陈述申辩和听证"}"#],
    },
    Entry {
        zh: "当事人申请听证。",
        en: "The party asks for a hearing.",
        examples: &[r#"{"action": "ask_hearing", "asked_on": "2026-11-27"}"#],
    },
    Entry {
        zh: "当事人撤回听证申请。",
        en: "The party withdraws its request.",
        examples: &[r#"{"action": "withdraw_hearing", "on": "2026-11-27"}"#],
    },
    Entry {
        zh: "通知听证时间和地点。",
        en: "Time and place of the hearing are told.",
        examples: &[
            r#"{"action": "give_hearing_notice", "day": "2026-12-10", "place": "本机关二楼会议室", "told_on": "2026-11-27"}"#,
        ],
    },
    Entry {
        zh: "已举行听证。",
        en: "The hearing was held.",
        examples: &[
            r#"{"action": "hold_hearing", "on": "2026-11-27", "presided_by": "王主持", "text": "双方已陈述质证"}"#,
        ],
    },
    Entry {
        zh: "提交法制审核。",
        en: "To the legal reviewer.",
        examples: &[r#"{"action": "submit_legal_review", "proposal": "按告知内容处罚"}"#],
    },
    Entry {
        zh: "法制审核同意。",
        en: "The legal reviewer agrees.",
        examples: &[r#"{"action": "pass_legal_review", "opinion": "同意"}"#],
    },
    Entry {
        zh: "法制审核退回；缺证据的回到调查并重新告知。",
        en: "Sent back by the legal reviewer; where evidence is missing, the party is told again.",
        examples: &[
            r#"{"action": "return_legal_review", "opinion": "补充检定证书", "more_evidence": true}"#,
        ],
    },
    Entry {
        zh: "不需法制审核的，提请负责人决定。",
        en: "To whoever decides, where no legal review is needed.",
        examples: &[r#"{"action": "submit_for_decision", "proposal": "按告知内容处罚"}"#],
    },
    Entry {
        zh: "集体讨论。",
        en: "Collective discussion.",
        examples: &[
            r#"{"action": "discuss", "present": ["supervisor", "reviewer", "mobile_officer"], "conclusion": "同意处罚意见"}"#,
        ],
    },
    Entry {
        zh: "延长办案期限。",
        en: "More time to decide.",
        examples: &[
            r#"{"action": "extend_decision", "days": 30, "reason": "案情复杂，需补充鉴定"}"#,
        ],
    },
    Entry {
        zh: "作出决定，取文号；罚款不得高于告知的数额。",
        en: "The decision; it gets its number. A fine may not be above the announced one.",
        examples: &[
            r#"{"action": "decide", "outcome": "fine", "yuan": 500, "circumstances": [], "reason": "依告知内容"}"#,
        ],
    },
    Entry {
        zh: "送达处罚决定书；缴款期限从送达日起算。",
        en: "Service of the decision; the time to pay runs from it.",
        examples: &[
            r#"{"action": "serve", "way": "handed_over", "served_on": "2026-11-27", "recipient": "张演示"}"#,
        ],
    },
    Entry {
        zh: "登记缴款。",
        en: "A payment.",
        examples: &[
            r#"{"action": "pay", "slip": "非税-0001", "paid_on": "2026-11-27", "fine_fen": 50000, "surcharge_fen": 0, "source": "officer"}"#,
        ],
    },
    Entry {
        zh: "当场收缴罚款，须有财政部门统一票据。",
        en: "An officer collects the fine on the spot, with the finance department's receipt.",
        examples: &[
            r#"{"action": "collect_on_spot", "ground": "remote_place", "receipt": "CZ-0001", "on": "2026-11-27", "fine_fen": 50000, "reason": "当事人提出当场缴纳", "place": "山区检测点"}"#,
        ],
    },
    Entry {
        zh: "执法人员将当场收缴的罚款交至本机关。",
        en: "The officer hands in what was collected.",
        examples: &[
            r#"{"action": "hand_in_collected", "index": 0, "on": "2026-11-27", "slip": "JK-1", "late": "暴雪封路"}"#,
        ],
    },
    Entry {
        zh: "本机关将当场收缴的罚款缴付银行。",
        en: "The authority pays what was collected to the bank.",
        examples: &[
            r#"{"action": "bank_collected", "index": 0, "on": "2026-11-27", "slip": "YH-1", "late": "银行系统停机"}"#,
        ],
    },
    Entry {
        zh: "退还多缴的款项。",
        en: "What was paid too much is given back.",
        examples: &[
            r#"{"action": "refund", "slip": "TK-1", "on": "2026-11-27", "fine_fen": 50000, "surcharge_fen": 0, "reason": "决定已撤销"}"#,
        ],
    },
    Entry {
        zh: "登记有误的缴款作废。",
        en: "A payment that was none.",
        examples: &[r#"{"action": "void_payment", "index": 0, "reason": "票据属于另一案"}"#],
    },
    Entry {
        zh: "当事人申请延期或者分期缴纳。",
        en: "The party asks for deferral or instalments.",
        examples: &[
            r#"{"action": "ask_deferral", "asked_on": "2026-11-27", "grounds": "经济确有困难"}"#,
        ],
    },
    Entry {
        zh: "答复延期（分期）申请：一期为延期，多期为分期，空列表为不批准。",
        en: "The answer: one part is a deferral, more are instalments, none is a refusal.",
        examples: &[
            r#"{"action": "answer_deferral", "plan": [{"last_day": "2026-12-31", "fine_fen": 25000}, {"last_day": "2027-01-31", "fine_fen": 25000}], "reason": "同意分两期"}"#,
        ],
    },
    Entry {
        zh: "催告。",
        en: "The reminder.",
        examples: &[r#"{"action": "remind", "text": "请于十日内缴清罚款和加处罚款"}"#],
    },
    Entry {
        zh: "申请人民法院强制执行。",
        en: "Application to the court.",
        examples: &[
            r#"{"action": "apply_to_court", "on": "2026-11-27", "text": "演示区人民法院，〔2026〕1号"}"#,
        ],
    },
    Entry {
        zh: "自行强制执行（依法有此权力的机关）。",
        en: "Enforcement by the authority itself, where law gives it that power.",
        examples: &[r#"{"action": "enforce", "on": "2026-11-27", "text": "拍卖抵缴"}"#],
    },
    Entry {
        zh: "减免加处罚款。",
        en: "Surcharge that need not be paid.",
        examples: &[r#"{"action": "remit_surcharge", "fen": 15000, "reason": "执行协议约定减免"}"#],
    },
    Entry {
        zh: "未缴清而终结执行。",
        en: "Enforcement ends without full payment.",
        examples: &[
            r#"{"action": "end_enforcement", "on": "2026-11-27", "reason": "法院裁定终结执行"}"#,
        ],
    },
    Entry {
        zh: "复议或者诉讼已受理；默认不停止执行。",
        en: "Reconsideration or lawsuit begins; enforcement goes on unless said otherwise.",
        examples: &[
            r#"{"action": "start_remedy", "kind": "reconsideration", "from": "2026-11-27", "authority": "演示区人民政府", "number": "演政复受〔2026〕1号", "suspended": false}"#,
        ],
    },
    Entry {
        zh: "复议（诉讼）期间停止执行，或者恢复执行。",
        en: "Enforcement stops while the remedy is pending, or goes on.",
        examples: &[
            r#"{"action": "suspend_enforcement", "suspended": true, "on": "2026-11-27", "number": "演政复停〔2026〕1号", "reason": "复议机关认为需要停止执行"}"#,
        ],
    },
    Entry {
        zh: "复议（诉讼）终结。`changed_to` 仅用于 `changed`。",
        en: "The remedy ends. `changed_to` goes with `changed` alone.",
        examples: &[
            r#"{"action": "end_remedy", "on": "2026-11-27", "outcome": "upheld", "number": "演政复决〔2026〕1号"}"#,
            r#"{"action": "end_remedy", "on": "2026-11-27", "outcome": "changed", "number": "演政复决〔2026〕2号", "changed_to": {"outcome": "fine", "yuan": 300}}"#,
        ],
    },
    Entry {
        zh: "撤销处罚决定；该案随即不再计次。",
        en: "The decision is annulled; the case counts no more at once.",
        examples: &[
            r#"{"action": "annul", "annulled_by": "own", "on": "2026-11-27", "reason": "事实有误"}"#,
        ],
    },
    Entry {
        zh: "撤回已公开而不再有效的决定。",
        en: "A published decision that no longer stands is taken down.",
        examples: &[
            r#"{"action": "withdraw_publication", "on": "2026-11-27", "text": "已从政务网站撤下"}"#,
        ],
    },
    Entry {
        zh: "撤销立案；案号作废，不再占用该违法行为。",
        en: "The filing is withdrawn; its number is void and the act free.",
        examples: &[r#"{"action": "withdraw", "reason": "违法事实不能成立"}"#],
    },
    Entry {
        zh: "移送其他机关。",
        en: "To another authority.",
        examples: &[
            r#"{"action": "transfer", "to": "transport", "authority": "邻县交通运输局", "reason": "属其管辖"}"#,
        ],
    },
    Entry {
        zh: "移交公安交管，由其处罚该违法行为。",
        en: "To the traffic police, who punish the act.",
        examples: &[r#"{"action": "hand_to_police", "unit": "演示交警大队"}"#],
    },
    Entry {
        zh: "公安的处理结果。是否在公安自己的称重中超限，必须写明。",
        en: "What the police decided. Say whether the vehicle was over the limit on their own weighing.",
        examples: &[
            r#"{"action": "police_decision", "number": "公交决字〔2026〕1号", "on": "2026-11-27", "fine_yuan": 500, "points": 3, "over_limit_on_own_weighing": true, "text": "罚款并记分"}"#,
        ],
    },
    Entry {
        zh: "公安退回，不予处理。",
        en: "The police decline.",
        examples: &[r#"{"action": "police_decline", "on": "2026-11-27", "reason": "无公安称重"}"#],
    },
    Entry {
        zh: "公安的处罚决定被撤销；随即不再计次。",
        en: "The decision of the police was annulled; it counts no more at once.",
        examples: &[
            r#"{"action": "annul_police", "annulled_by": "review", "on": "2026-11-27", "number": "演政复决〔2026〕3号", "reason": "程序违法", "anew": false}"#,
        ],
    },
    Entry {
        zh: "公安决定撤销后，负责人决定由本机关重新处理。",
        en: "After that the head takes the act up again.",
        examples: &[r#"{"action": "take_up", "reason": "公安不再处理，本机关有管辖权"}"#],
    },
    Entry {
        zh: "结案；结案清单须全部满足。自此计次。",
        en: "Closes the case; the checklist must be complete. It counts from here on.",
        examples: &[r#"{"action": "close", "report": "已履行完毕"}"#],
    },
    Entry {
        zh: "结案后抄告车籍地。",
        en: "The closed case is passed on to where the vehicle is registered.",
        examples: &[
            r#"{"action": "pass_on", "authority": "车籍地道路运输管理机构", "on": "2026-11-27"}"#,
        ],
    },
    Entry {
        zh: "当场处罚决定报所属机关备案。",
        en: "A decision on the spot is reported to the authority.",
        examples: &[r#"{"action": "report_on_spot", "on": "2026-11-27"}"#],
    },
    Entry {
        zh: "一超四罚之一的步骤，`change` 见下节。",
        en: "A step of one of the four penalties; `change` is in the next section.",
        examples: &[
            r#"{"action": "track", "track": "driver", "change": {"step": "decline", "reason": "情节轻微"}}"#,
        ],
    },
];

pub(super) const TRACK_STEPS: &[Entry] = &[
    Entry {
        zh: "认定某一责任主体不适用；`note` 在 `other` 时必填。",
        en: "It does not apply; `note` is needed with `other`.",
        examples: &[
            r#"{"action": "track", "track": "carrier", "change": {"step": "set_not_applicable", "reason": "no_carrier", "note": "车主自驾"}}"#,
        ],
    },
    Entry {
        zh: "恢复适用。",
        en: "It applies after all.",
        examples: &[
            r#"{"action": "track", "track": "carrier", "change": {"step": "reopen", "reason": "查明挂靠企业"}}"#,
        ],
    },
    Entry {
        zh: "人员提出处理建议；`offence` 在货运源头时必填。",
        en: "Proposed by a person; `offence` is needed for the loading source.",
        examples: &[
            r#"{"action": "track", "track": "loading_source", "change": {"step": "propose", "offence": "source_release", "reason": "放行超限车辆，有出场称重记录"}}"#,
        ],
    },
    Entry {
        zh: "人员决定不予处理。",
        en: "A person decides against it.",
        examples: &[
            r#"{"action": "track", "track": "driver", "change": {"step": "decline", "reason": "情节轻微"}}"#,
        ],
    },
    Entry {
        zh: "告知责任主体及其听证权利。",
        en: "The party was told, with its right to a hearing.",
        examples: &[
            r#"{"action": "track", "track": "driver", "change": {"step": "notify", "number": "演交告〔2026〕1号", "on": "2026-11-27"}}"#,
        ],
    },
    Entry {
        zh: "责任主体放弃听证。",
        en: "The party gives up its hearing.",
        examples: &[
            r#"{"action": "track", "track": "driver", "change": {"step": "waive_hearing", "on": "2026-11-27"}}"#,
        ],
    },
    Entry {
        zh: "责任主体申请听证。",
        en: "The party asks for a hearing.",
        examples: &[
            r#"{"action": "track", "track": "driver", "change": {"step": "ask_hearing", "on": "2026-11-27"}}"#,
        ],
    },
    Entry {
        zh: "已举行听证。",
        en: "The hearing was held.",
        examples: &[
            r#"{"action": "track", "track": "driver", "change": {"step": "hold_hearing", "on": "2026-11-27"}}"#,
        ],
    },
    Entry {
        zh: "作出决定；`fine_yuan` 仅用于货运源头。",
        en: "It is decided; `fine_yuan` is for the loading source.",
        examples: &[
            r#"{"action": "track", "track": "loading_source", "change": {"step": "decide", "number": "演交源罚〔2026〕1号", "on": "2026-11-27", "fine_yuan": 10000, "reason": "依告知内容"}}"#,
        ],
    },
    Entry {
        zh: "已执行。",
        en: "It is executed.",
        examples: &[
            r#"{"action": "track", "track": "driver", "change": {"step": "execute", "on": "2026-11-27", "text": "已停止从事营业性运输"}}"#,
        ],
    },
    Entry {
        zh: "移送（抄告）有权机关。",
        en: "To the authority that is competent.",
        examples: &[
            r#"{"action": "track", "track": "vehicle", "change": {"step": "refer", "authority": "车籍地道路运输管理机构", "number": "演交抄〔2026〕1号", "on": "2026-11-27"}}"#,
        ],
    },
    Entry {
        zh: "撤销已作出的决定。",
        en: "A decision that was made is taken back.",
        examples: &[
            r#"{"action": "track", "track": "driver", "change": {"step": "revoke", "number": "演交撤〔2026〕1号", "on": "2026-11-27", "reason": "计次依据已不成立"}}"#,
        ],
    },
];
