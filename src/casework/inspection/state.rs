//! Closed lists of the weighing flow: where an inspection stands, what can be done, what must hold.

pub use crate::casework::document::AttachmentKind;

closed_list! {
    /// Where an inspection stands (检测状态).
    InspectionState {
        /// Picked out, not yet in the station.
        Selected = "selected", "预检筛选", "selected";
        /// In the station, not yet weighed.
        LedIn = "led_in", "引导进站", "led in";
        /// Weighed without a result that decides: the limit isn't known yet, or the weighing isn't legal.
        Weighed = "weighed", "初检完成", "weighed, not judged";
        /// Over the limit.
        Over = "over", "超限待处理", "over the limit";
        /// Goods are being unloaded or moved to other vehicles.
        Unloading = "unloading", "卸载中", "unloading";
        /// Weighed again and still over.
        ReweighedOver = "reweighed_over", "复检仍超限", "still over on re-weighing";
        /// At or under the limit, on the first weighing or on a later one, or covered by a permit.
        Cleared = "cleared", "检测合格", "within the limit";
        /// A measure holds the vehicle; beneath it the inspection goes on.
        Held = "held", "车辆扣留", "held";
        /// Refuses to be weighed and stands there. Not the end: it may still submit, be held, be taken by the police or drive off.
        Refused = "refused", "拒绝检测", "refuses inspection";
        /// Released. The end.
        Released = "released", "已放行", "released";
        /// Let through with a reason and a paper. The end.
        LetThrough = "let_through", "予以放行（附原因）", "let through with a reason";
        /// Evaded the inspection or forced its way through. The end of this stay.
        Escaped = "escaped", "逃避或冲卡", "evaded or forced through";
        /// Taken away by the police with their own measure. The end of this stay, and no release.
        TakenOver = "taken_over", "公安带离", "taken away by the police";
        /// Selected, and never came in. The end.
        Abandoned = "abandoned", "未进站", "did not come in";
    }
}

impl InspectionState {
    /// Whether the vehicle's stay is over. Goods, findings and papers may still follow.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Released | Self::LetThrough | Self::Escaped | Self::TakenOver | Self::Abandoned
        )
    }
}

closed_list! {
    /// What can be done in an inspection (检测步骤): one entry for each rule of the table.
    InspectionStep {
        /// Opens the inspection.
        Select = "select", "预检筛选", "select";
        /// Into the station.
        LeadIn = "lead_in", "引导进站", "lead in";
        /// First weighing.
        Weigh = "weigh", "初检", "first weighing";
        /// Any later weighing.
        Reweigh = "reweigh", "复检", "re-weighing";
        /// A weighing turns out not to be this vehicle's, or not to be usable.
        VoidWeighing = "void_weighing", "称重作废", "void a weighing";
        /// The party asks.
        Request = "request", "当事人要求复检或换秤", "request of the party";
        /// The station answers.
        Answer = "answer", "答复当事人要求", "answer to a request";
        /// Which vehicle it is, typed by hand.
        Identify = "identify", "人工登记号牌", "identify by hand";
        /// Axles, goods, driver, source.
        Describe = "describe", "登记车货信息", "describe";
        /// The sheet.
        Sheet = "sheet", "出具称重和卸载单", "weighing and unloading sheet";
        /// Unloading begins.
        BeginUnloading = "begin_unloading", "开始卸载", "begin unloading";
        /// Goods go onto other vehicles.
        Transfer = "transfer", "货物分装转运", "transfer goods";
        /// A permit is shown.
        PermitShown = "permit_shown", "出示超限运输车辆通行证", "permit shown";
        /// The transport authority holds the vehicle.
        HoldVehicle = "hold_vehicle", "扣押车辆", "hold the vehicle";
        /// The police hold the vehicle.
        PoliceHold = "police_hold", "公安扣留车辆", "hold by the police";
        /// The hold is extended.
        ExtendHold = "extend_hold", "延长扣押期限", "extend the hold";
        /// The hold ends.
        LiftHold = "lift_hold", "解除扣押", "lift the hold";
        /// Where the vehicle stands.
        Place = "place", "车辆停放登记", "place in the yard";
        /// Goods come into the yard.
        GoodsStored = "goods_stored", "卸载货物入库", "goods stored";
        /// Goods leave the yard.
        GoodsCollected = "goods_collected", "卸载货物领取", "goods collected";
        /// The vehicle may go.
        Release = "release", "放行", "release";
        /// The vehicle may go for a reason outside of the rule.
        LetThrough = "let_through", "予以放行（附原因）", "let through";
        /// Refuses.
        Refuse = "refuse", "拒绝检测", "refusal";
        /// Forces its way through.
        ForceThrough = "force_through", "强行冲卡", "forcing through";
        /// Evades.
        Evade = "evade", "逃避检测", "evasion";
        /// Never came in.
        Abandon = "abandon", "未进站", "did not come in";
        /// The matter goes to the police resident at the station.
        HandToPolice = "hand_to_police", "移交驻站公安", "hand to the resident police";
        /// The police are called, for there are none at the station.
        CallPolice = "call_police", "通知公安到场", "call the police";
        /// The police take the vehicle along.
        VehicleToPolice = "vehicle_to_police", "车辆由公安带离", "vehicle taken by the police";
        /// What the police made of it.
        PoliceResult = "police_result", "公安处理结果", "result of the police";
        /// The case it is handled in.
        LinkCase = "link_case", "关联案件", "link a case";
        /// The driver's signature, or that there is none.
        Sign = "sign", "当事人签字", "signature";
        /// A note.
        Note = "note", "备注", "note";
        /// A picture, a film, a scan.
        Attach = "attach", "附件", "attachment";
        /// Something in the record was wrong.
        Correct = "correct", "更正", "correction";
    }
}

closed_list! {
    /// What must hold before a step (前提).
    InspectionCondition {
        /// The passage is known, used nowhere else and not older than the weighing before; or figures by hand are allowed.
        WeighingUsable = "weighing_usable", "称重来源可用", "the weighing can be used";
        /// The passage's plate is the vehicle's, or it is said why it differs.
        SameVehicle = "same_vehicle", "同一车辆", "the same vehicle";
        /// A legal weighing over the limit after the vehicle was cleared is a new act: a new inspection.
        NoNewAct = "no_new_act", "合格后再次超限另行检测", "no new act after clearing";
        /// Weighed at least once.
        Weighed = "weighed", "已称重", "weighed";
        /// Two officers, different, with licences valid on the day.
        TwoOfficers = "two_officers", "两名持有效执法证人员", "two licensed officers";
        /// The last legal weighing is at or under the limit; or the load is indivisible and a valid permit covers it.
        AtOrUnderLimit = "at_or_under_limit", "最近一次有效称重不超过限值，或不可解体且许可有效", "at or under the limit, or covered by a permit";
        /// The course stands at `cleared`: what was over was weighed again, where the station asks for that.
        Cleared = "cleared", "已检测合格（曾超限的已复检）", "cleared, by a re-weighing where it was over";
        /// Each request of the party has its answer.
        RequestsAnswered = "requests_answered", "当事人要求均已答复", "requests are answered";
        /// A vehicle that was over has its sheet.
        SheetIfOver = "sheet_if_over", "超限的已出具称重和卸载单", "a sheet, where it was over";
        /// The overload of a vehicle that was over went to the police, or to a case.
        MatterTakenUp = "matter_taken_up", "超限违法已移交公安或已关联案件", "the overload is taken up";
        /// No measure holds the vehicle.
        NoMeasure = "no_measure", "无在用强制措施", "no measure in force";
        /// No measure of the transport authority holds the vehicle.
        NoTransportMeasure = "no_transport_measure", "无交通运输部门在用强制措施", "no measure of the transport authority in force";
        /// This authority has not held the vehicle before in this inspection: the time can't start anew.
        FirstMeasure = "first_measure", "同一机关未曾扣押", "not held before by this authority";
        /// The table in force tells when the hold ends.
        HoldClockKnown = "hold_clock_known", "扣押期限可计算", "the end of the hold is known";
        /// The first time has not run out and was not extended.
        HoldExtensible = "hold_extensible", "原期限未满且未曾延长", "in time and not extended yet";
        /// Goods perishable and fresh are let through only after they were weighed.
        GreenChannelWeighed = "green_channel_weighed", "绿色通道车辆已称重", "weighed, if green channel";
        /// Police are resident at the station.
        ResidentPolice = "resident_police", "公安驻站", "resident police";
        /// No police are resident at the station.
        NoResidentPolice = "no_resident_police", "无公安驻站", "no resident police";
        /// Pictures, or why there are none.
        PicturesOrWhyNot = "pictures_or_why_not", "有照片，或说明无照片的原因", "pictures, or why there are none";
        /// A refused signature has two officers or a witness.
        RefusalWitnessed = "refusal_witnessed", "拒签有两名执法人员或见证人", "a refused signature is witnessed";
        /// The typed plate fits its reason.
        PlateSound = "plate_sound", "号牌与登记原因相符", "the plate fits the reason";
        /// The request is there and open.
        RequestOpen = "request_open", "要求存在且未答复", "the request is open";
        /// No more is collected than lies there, and not onto the vehicle that still stands here.
        GoodsInYard = "goods_in_yard", "领取不超过在库数量", "the goods are in the yard";
        /// What is corrected is there.
        RecordThere = "record_there", "被更正的记录存在", "the record is there";
        /// The permit is on record.
        CaseOfThisStay = "case_of_this_stay", "案件存在、未终止且与该车该次检测有关", "the case exists, was not dropped, and is about this stay: one of its passages, or its plate";
        /// A sheet has a number of its own.
        SheetNumberNew = "sheet_number_new", "称重和卸载单编号未重复", "the number of the sheet was not used in this stay";
        /// The permit is on record.
        PermitOnRecord = "permit_on_record", "通行证已登记核查", "the permit is on record";
    }
}

closed_list! {
    /// Why a vehicle is let through (予以放行原因).
    LetThroughReason {
        /// Fresh farm produce; still weighed.
        GreenChannel = "green_channel", "绿色通道（鲜活农产品）", "green channel";
        /// Emergency and disaster relief.
        Emergency = "emergency", "抢险救灾", "emergency relief";
        /// A military vehicle.
        Military = "military", "军车", "military vehicle";
        /// A permitted over-limit transport with its escort.
        EscortedPermit = "escorted_permit", "护送的超限运输许可", "escorted transport with a permit";
        /// Something else; the note says what.
        Other = "other", "其他", "other";
    }
}

closed_list! {
    /// A finding of its own beside the mass (另案事实).
    FindingKind {
        /// Refuses inspection.
        Refused = "refused", "拒绝检测", "refused inspection";
        /// Forced its way through.
        ForcedThrough = "forced_through", "强行冲卡", "forced its way through";
        /// Evaded.
        Evaded = "evaded", "逃避检测", "evaded inspection";
    }
}

impl FindingKind {
    /// The offence it may be.
    pub const fn offence(self) -> crate::law::OffenceKind {
        match self {
            Self::Refused => crate::law::OffenceKind::Obstruction,
            Self::ForcedThrough | Self::Evaded => crate::law::OffenceKind::Evasion,
        }
    }
}

closed_list! {
    /// How a vehicle came to be picked out (筛选方式).
    SelectedBy {
        /// By a weighing in motion ahead of the station.
        Preselection = "preselection", "动态预检", "weighing in motion";
        /// By an officer.
        Officer = "officer", "执法人员", "an officer";
        /// By a report.
        Report = "report", "举报", "a report";
    }
}

closed_list! {
    /// Why a plate is typed by hand (人工登记号牌原因).
    IdentifyReason {
        /// It has none.
        NoPlate = "no_plate", "无号牌", "no plate";
        /// A temporary one, on paper.
        TemporaryPlate = "temporary_plate", "临时号牌", "temporary plate";
        /// Another vehicle's.
        WrongPlate = "wrong_plate", "号牌与车辆不符", "the plate is another vehicle's";
        /// The camera read it wrong or not at all.
        Misread = "misread", "识别错误或未识别", "misread or not read";
    }
}

closed_list! {
    /// What a party asks for (当事人要求).
    RequestKind {
        /// Another weighing.
        Reweigh = "reweigh", "复称", "a re-weighing";
        /// Another scale.
        OtherScale = "other_scale", "换秤复检", "another scale";
    }
}

closed_list! {
    /// A loading sheet (货物装载单) at the roadside.
    LoadingSheetState {
        /// Shown.
        Shown = "shown", "已出示", "shown";
        /// Not carried.
        Missing = "missing", "未携带", "not carried";
        /// Carried and not shown.
        Refused = "refused", "拒不出示", "not shown";
    }
}

closed_list! {
    /// What a correction is about.
    RecordKind {
        /// The selection.
        Selection = "selection", "筛选", "selection";
        /// A weighing.
        Weighing = "weighing", "称重", "weighing";
        /// A typed plate.
        Identity = "identity", "号牌登记", "typed plate";
        /// A description.
        Description = "description", "车货信息", "description";
        /// A sheet.
        Sheet = "sheet", "称重和卸载单", "sheet";
        /// An unloading or transfer.
        Moving = "moving", "卸载转运", "unloading or transfer";
        /// A measure.
        Measure = "measure", "强制措施", "measure";
        /// A place in the yard.
        Place = "place", "停放", "place";
        /// Goods that came in.
        GoodsStored = "goods_stored", "货物入库", "goods stored";
        /// Goods that went out.
        GoodsCollected = "goods_collected", "货物领取", "goods collected";
        /// A finding.
        Finding = "finding", "另案事实", "finding";
        /// A note.
        Note = "note", "备注", "note";
    }
}
