//! The closed lists of the procedure.

pub use crate::casework::document::AttachmentKind;

closed_list! {
    /// Where a case comes from (案件来源), as form 1 of the national set asks.
    Origin {
        /// A weighing station or an off-site point (技术监控设备).
        Device = "device", "技术监控（检测）设备", "station or off-site device";
        /// Found by officers in an inspection.
        Inspection = "inspection", "检查发现", "found in an inspection";
        /// Reported by somebody.
        Report = "report", "投诉、举报", "report";
        /// Assigned by the superior authority.
        Assigned = "assigned", "上级交办", "assigned by the superior";
        /// Submitted by a lower authority.
        Submitted = "submitted", "下级报请", "submitted by a lower authority";
        /// Transferred by another department.
        Transferred = "transferred", "其他部门移送", "transferred by another department";
        /// Something else.
        Other = "other", "其他", "other";
    }
}

closed_list! {
    /// By which procedure (处罚程序).
    Procedure {
        /// On the spot (Administrative Penalty Law art. 51).
        Simplified = "simplified", "简易程序", "simplified";
        /// The ordinary one (art. 54).
        Ordinary = "ordinary", "普通程序", "ordinary";
    }
}

closed_list! {
    /// What the party is (当事人类别): the limits of the simplified procedure go by it.
    PartyKind {
        /// A natural person.
        Citizen = "citizen", "公民", "citizen";
        /// A company or another organisation.
        Organisation = "organisation", "法人或者其他组织", "organisation";
    }
}

closed_list! {
    /// One of the four penalties (一超四罚), or whose cases are counted (计次主体): each track has one party.
    TrackKind {
        /// The vehicle: its operation licence.
        Vehicle = "vehicle", "货运车辆", "vehicle";
        /// The driver: commercial driving.
        Driver = "driver", "货运车辆驾驶人", "driver";
        /// The carrier: its business.
        Carrier = "carrier", "道路运输企业", "carrier";
        /// The place that loaded it.
        LoadingSource = "loading_source", "货运场所经营者", "loading source";
    }
}

closed_list! {
    /// How a paper was served (送达方式).
    ServiceWay {
        /// Handed over.
        HandedOver = "handed_over", "直接送达", "handed over";
        /// Left where the party is, acceptance refused.
        Left = "left", "留置送达", "left after refusal";
        /// By post.
        Posted = "posted", "邮寄送达", "by post";
        /// Electronically; needs signed consent.
        Electronic = "electronic", "电子送达", "electronically, with consent";
        /// Through another authority.
        Entrusted = "entrusted", "委托送达", "through another authority";
        /// By public notice.
        PublicNotice = "public_notice", "公告送达", "by public notice";
    }
}

closed_list! {
    /// A paper that is served.
    ServedPaper {
        /// 违法行为通知书.
        Notice = "notice", "违法行为通知书", "notice of violation";
        /// 听证通知书.
        HearingNotice = "hearing_notice", "听证通知书", "notice of hearing";
        /// 行政处罚决定书.
        Decision = "decision", "行政处罚决定书", "penalty decision";
        /// 催告书.
        Reminder = "reminder", "催告书", "reminder";
    }
}

closed_list! {
    /// Where a payment is known from.
    PaymentSource {
        /// An officer entered the slip.
        Officer = "officer", "执法人员录入", "officer's entry";
        /// The bank's or the non-tax system's file.
        BankFile = "bank_file", "银行（非税系统）对账文件", "bank's file";
        /// Paid over by the court.
        Court = "court", "人民法院执行到位", "court";
        /// By the authority's own enforcement.
        OwnEnforcement = "own_enforcement", "行政机关强制执行", "own enforcement";
        /// Collected on the spot by an officer, with the finance department's receipt (art. 68 to 70).
        OnSpot = "on_spot", "当场收缴", "collected on the spot";
    }
}

closed_list! {
    /// Why a fine may be collected on the spot (当场收缴罚款情形): Administrative Penalty Law art. 68, 69.
    SpotGround {
        /// Decided on the spot, and small (art. 68 no. 1).
        SmallAmount = "small_amount", "当场作出的小额罚款（第六十八条第一项）", "a small fine decided on the spot";
        /// Decided on the spot, and hard to enforce afterwards (art. 68 no. 2).
        HardToEnforce = "hard_to_enforce", "当场作出，不当场收缴事后难以执行（第六十八条第二项）", "decided on the spot and hard to enforce later";
        /// In a remote place or on the water, at the party's own request (art. 69); in either procedure.
        RemotePlace = "remote_place", "边远、水上、交通不便地区，当事人提出（第六十九条）", "a remote place, at the party's request";
    }
}

closed_list! {
    /// A remedy of the party (救济).
    RemedyKind {
        /// Administrative reconsideration.
        Reconsideration = "reconsideration", "行政复议", "reconsideration";
        /// Lawsuit.
        Lawsuit = "lawsuit", "行政诉讼", "lawsuit";
    }
}

closed_list! {
    /// How a remedy ended.
    RemedyOutcome {
        /// The decision stands.
        Upheld = "upheld", "维持（驳回）", "upheld";
        /// The party withdrew.
        Withdrawn = "withdrawn", "撤回（终止）", "withdrawn";
        /// The decision was changed: another outcome or a lower fine.
        Changed = "changed", "变更", "changed";
        /// The decision was annulled or found void.
        Annulled = "annulled", "撤销（确认无效）", "annulled";
        /// Found unlawful and left as it is: what was laid on the party stays.
        IllegalConfirmed = "illegal_confirmed", "确认违法", "found unlawful, not annulled";
        /// Annulled, and to be decided anew.
        OrderedAnew = "ordered_anew", "撤销并责令重新作出", "annulled, to be decided anew";
    }
}

impl RemedyOutcome {
    /// Whether the decision is another one after it, or none.
    pub const fn touches_the_decision(self) -> bool {
        !matches!(self, Self::Upheld | Self::Withdrawn)
    }
}

closed_list! {
    /// Why a case begins again with its investigation (重新办理原因).
    RestartCause {
        /// A decision was set aside and ordered anew.
        OrderedAnew = "ordered_anew", "复议（判决）责令重新作出", "ordered anew";
        /// The decision of the police was annulled, and a person took the act up.
        PoliceAnnulled = "police_annulled", "公安处罚决定撤销后重新处理", "the police's decision was annulled";
    }
}

closed_list! {
    /// What a case is about (案件对象).
    CaseSubject {
        /// A vehicle on the road.
        Vehicle = "vehicle", "车辆", "a vehicle";
        /// A loading source alone, no vehicle (仅货运源头单位).
        Source = "source", "货运源头单位（不涉及特定车辆）", "a loading source alone";
    }
}

closed_list! {
    /// Who annulled a decision (撤销主体).
    AnnulledBy {
        /// The authority itself or its superior.
        Own = "own", "本机关（上级机关）自行撤销", "own authority or its superior";
        /// The authority of reconsideration.
        Review = "review", "行政复议决定撤销", "reconsideration";
        /// A court.
        Court = "court", "人民法院判决撤销", "court";
    }
}

closed_list! {
    /// To whom a case is transferred (移送).
    TransferTo {
        /// The transport authority that is competent.
        Transport = "transport", "有管辖权的交通运输主管部门", "competent transport authority";
        /// Another department.
        OtherDepartment = "other_department", "其他行政机关", "other department";
        /// The police, on suspicion of a crime.
        CriminalPolice = "criminal_police", "公安机关（涉嫌犯罪）", "criminal police";
    }
}

closed_list! {
    /// How a case was decided (处理结果).
    Outcome {
        /// A fine.
        Fine = "fine", "罚款", "fine";
        /// A warning.
        Warning = "warning", "警告", "warning";
        /// No act, or no proof of one: no penalty (不得给予行政处罚).
        NotPunished = "not_punished", "不予行政处罚（违法事实不能成立等）", "not punished";
        /// Spared by art. 33 (不予处罚).
        Spared = "spared", "不予行政处罚（第三十三条）", "spared";
    }
}

closed_list! {
    /// What tracing the source found (源头倒查结果).
    SourceFinding {
        /// The loading sheet names the source.
        SheetShown = "sheet_shown", "货物装载单载明源头单位", "named by the loading sheet";
        /// There is no loading sheet (Shanxi order 301: an offence of the driver's).
        SheetMissing = "sheet_missing", "未随车携带货物装载单", "no loading sheet";
        /// The driver refused to show it.
        SheetRefused = "sheet_refused", "拒不出示货物装载单", "loading sheet refused";
        /// The sheet does not fit the load.
        SheetFalse = "sheet_false", "货物装载单与实际不符", "loading sheet false";
        /// Another department or jurisdiction has it.
        ByEnquiry = "by_enquiry", "经询问、调查查明", "found by enquiry";
        /// It could not be found.
        NotFound = "not_found", "无法查明", "not found";
    }
}

closed_list! {
    /// Why a track does not apply (不适用原因).
    NotApplicableReason {
        /// Who it was could not be found, e.g. the driver of an off-site record.
        Unidentified = "unidentified", "经调查无法确定", "could not be identified";
        /// No operation licence or qualification is needed.
        NoLicenceNeeded = "no_licence_needed", "依法无需道路运输许可", "no licence is needed";
        /// There is no carrier: the owner drives for himself.
        NoCarrier = "no_carrier", "个体车辆，无所属运输企业", "no carrier";
        /// The case is about a loading source alone.
        NoVehicle = "no_vehicle", "案件不涉及特定车辆", "the case is about no vehicle";
        /// Nobody loaded it but the driver.
        NoSource = "no_source", "无货运源头单位", "no loading source";
        /// Something else; the note must say what.
        Other = "other", "其他", "other";
    }
}

closed_list! {
    /// A list of records that a correction may point at.
    RecordKind {
        /// Notes.
        Note = "note", "办案记录", "note";
        /// Attachments.
        Attachment = "attachment", "附件", "attachment";
        /// Papers.
        Document = "document", "文书", "paper";
        /// Statements of the party.
        Defence = "defence", "陈述申辩", "defence";
        /// Services.
        Service = "service", "送达", "service";
        /// Payments; what was paid is corrected by voiding it.
        Payment = "payment", "缴款", "payment";
        /// Notices of what is proposed.
        Notice = "notice", "告知", "notice";
    }
}
