//! The console's words, each in Chinese and in English.

use axum::http::{HeaderMap, header};

/// A language of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// 中文, the first.
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The tag in `lang=` of address, cookie and page.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh",
            Self::English => "en",
        }
    }

    /// The one to switch to.
    pub const fn other(self) -> Self {
        match self {
            Self::Chinese => Self::English,
            Self::English => Self::Chinese,
        }
    }

    fn from_tag(tag: &str) -> Option<Self> {
        [Self::Chinese, Self::English]
            .into_iter()
            .find(|language| language.tag() == tag)
    }

    /// What the address asks for, else the cookie, else Chinese. The flag says that the address
    /// asked, so that the answer sets the cookie.
    pub fn of(asked: Option<&str>, headers: &HeaderMap) -> (Self, bool) {
        if let Some(language) = asked.and_then(Self::from_tag) {
            return (language, true);
        }
        let kept = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().strip_prefix("lang="))
            .find_map(Self::from_tag);
        (kept.unwrap_or(Self::Chinese), false)
    }

    /// The words of this language.
    pub const fn texts(self) -> &'static Texts {
        match self {
            Self::Chinese => &CHINESE,
            Self::English => &ENGLISH,
        }
    }

    /// Picks the text of this language.
    pub const fn pick(self, zh: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Chinese => zh,
            Self::English => en,
        }
    }
}

macro_rules! texts {
    ($($key:ident: $zh:literal, $en:literal;)*) => {
        /// All words of one language; a key that lacks one does not compile.
        #[derive(Debug)]
        #[allow(missing_docs, reason = "the texts below say what each is")]
        pub struct Texts {
            $(pub $key: &'static str,)*
        }

        const CHINESE: Texts = Texts { $($key: $zh,)* };
        const ENGLISH: Texts = Texts { $($key: $en,)* };

        /// Key, Chinese, English.
        #[cfg(test)]
        const ALL: &[(&str, &str, &str)] = &[$((stringify!($key), $zh, $en),)*];
    };
}

texts! {
    product: "杆秤 · 治超检测站", "Steelyard · weigh station";
    sign_in: "登录", "Sign in";
    sign_out: "退出", "Sign out";
    user: "用户名", "User";
    password: "密码", "Password";
    other_language: "English", "中文";
    simulated: "演示数据", "demo data";
    live: "实时", "live";
    reconnecting: "连接中断，正在重连…", "Connection lost, reconnecting…";
    passages: "过车", "Passages";
    no_passages: "还没有车辆通过", "No vehicle has passed yet";
    no_permission: "当前角色无权查看过车与案件", "This role may not see passages and cases";
    counters: "统计", "Counters";
    passages_total: "过车总数", "Passages";
    overloaded: "超限", "Overloaded";
    hundred_ton: "百吨王", "Hundred-ton";
    warning: "警告", "Warning";
    clear: "合格", "Clear";
    undetermined: "未判定", "No verdict";
    cases: "案件", "Cases";
    ports: "端口", "Ports";
    no_ports: "没有配置端口", "No port is configured";
    lane: "车道", "Lane";
    starting: "启动中", "starting";
    connected: "正常", "connected";
    silent: "无数据", "silent";
    frozen: "数值不变", "frozen";
    unanswered: "不应答", "no answer";
    disconnected: "断开", "disconnected";
    frames: "帧", "frames";
    rejects: "拒收", "rejects";
    gross: "总重", "Gross";
    limit: "限值", "Limit";
    overage: "超限量", "Over by";
    axles: "轴重 (吨)", "Axles (t)";
    no_axles: "无轴重", "no axle loads";
    plate_waiting: "识别中", "reading";
    plate_missing: "无车牌", "no plate";
    plate_ambiguous: "车牌存疑", "plate in doubt";
    plate_unconfirmed: "车牌仅一台相机识别，复审时须与照片比对", "one camera alone read the plate: compare it with the picture";
    case_opened: "已立案", "case opened";
    withheld: "不立案", "no case";
    dynamic: "动态", "moving";
    platform: "静态", "platform";
    no_picture: "无照片", "no picture";
    store_failing: "数据库无法写入", "The database can't be written";
    lane_unfit: "不能立案的车道", "Lanes unfit for cases";
    host_clock: "主机时钟", "The host's clock";
    clock_synchronised: "已同步", "synchronised";
    clock_unsynchronised: "未同步", "not synchronised";
    clock_unknown: "同步状态不明", "state unknown";
    clock_not_asked: "未设置查询", "nobody asks it";
    clock_error: "最大误差", "off by at most";
    clock_allowed: "允许", "allowed";
    clock_ahead: "站点时间超前", "the station's time is ahead by";
    asked_at: "查询于", "asked at";
    millis: "毫秒", "ms";
    beijing_time: "北京时间", "Beijing time";
    lanes: "车道状态", "Lanes";
    board: "实时过车", "Live board";
    lane_findings: "车道异常", "What ails lanes";
    since: "自", "since";
    drift_steering_axle: "转向轴轴重漂移", "steering axle has drifted";
    drift_tandem_spacing: "驱动轴轴距漂移", "drive-tandem spacing has drifted";
    drift_side_residual: "左右差漂移", "left against right has drifted";
    zero_capture: "零车流时段", "no vehicle where there should be some";
    frozen_value: "称重数据冻结", "the scale repeats itself";
    dead_camera: "相机失联", "the camera is silent";
    read_rate_falling: "识别率下降", "the read rate has fallen";
    dead_side: "单侧传感器失效", "one side weighs nothing";
    sides_uneven: "左右长期偏差", "one side is always lighter";
    reference_implausible: "漂移基准值异常", "what the chart learnt is no truck's";
    no_findings: "无异常", "no faults";
    last_hour: "上一小时", "Latest hour";
    weighed: "称重", "weighed";
    unfit: "不可采信", "unfit";
    with_plate: "有车牌", "with a plate";
    heard: "端口可用率", "Ports heard";
    enforcement: "执法状态", "Enforcement";
    enforcement_is_on: "正常执法", "on";
    enforcement_is_off: "已停止执法", "switched off";
    off_by_drift: "衡器漂移超限", "the scale drifted too far";
    off_by_person: "人工停止", "by a person";
    switch_on: "核查后恢复执法", "Switch on after a check";
    switch_off: "停止执法", "Switch off";
    reason: "原因", "Reason";
    shift_check: "交接班衡器检查", "Check of the scale at shift start";
    check_required: "本站要求：未检查合格不得立案", "required here: no case without it";
    no_check: "尚未检查", "not checked yet";
    check_passed: "合格", "passed";
    check_failed: "不合格", "failed";
    check_expired: "已过有效时间", "no longer valid";
    valid_until: "有效至", "valid until";
    checked_by: "检查人", "checked by";
    method: "方法", "Method";
    test_weight: "零点和砝码", "zero and test weight";
    known_truck: "零点和已知质量车辆", "zero and a truck of known mass";
    zero_shown: "空秤示值 (千克)", "Empty scale shows (kg)";
    reference_mass: "参考质量 (千克)", "Reference mass (kg)";
    reference: "砝码证书编号或车辆号牌", "Certificate of the weight, or plate";
    shown: "示值 (千克)", "Scale shows (kg)";
    hand_over: "交接事项", "For the next shift";
    record_check: "记录检查", "Record the check";
    no_lanes: "没有配置车道", "No lane is configured";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_has_both_languages() {
        assert!(ALL.len() > 40);
        for (key, zh, en) in ALL {
            assert!(!zh.is_empty() && !en.is_empty(), "{key}");
            if *key != "other_language" {
                assert!(!zh.is_ascii(), "{key} is not Chinese: {zh}");
                let chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
                assert!(!en.contains(chinese), "{key} is not English: {en}");
            }
        }
    }

    #[test]
    fn the_address_goes_before_the_cookie_and_chinese_comes_first() {
        let mut headers = HeaderMap::new();
        assert_eq!(Language::of(None, &headers), (Language::Chinese, false));
        headers.insert(header::COOKIE, "a=b; lang=en".parse().unwrap());
        assert_eq!(Language::of(None, &headers), (Language::English, false));
        assert_eq!(
            Language::of(Some("zh"), &headers),
            (Language::Chinese, true)
        );
        assert_eq!(
            Language::of(Some("xx"), &headers),
            (Language::English, false)
        );
    }
}
