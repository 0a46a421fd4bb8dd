"""What is said, done and held in a simulated club: words for its records."""

from typing import NamedTuple


class Talk(NamedTuple):
    """What a contact was about."""

    situation: str
    conversation: str
    concerns: str = ""
    solved: str = ""


TALKS = (
    Talk(
        "旺季单量上升三成，仓库改为两班。",
        "确认旺季揽收班次，增加每日一次上门取件。",
        "担心晚间揽收赶不上航班。",
        "与揽投部商定晚八点加班车。",
    ),
    Talk("新开两家门店。", "介绍会员权益和积分兑换，送上新版资费表。"),
    Talk("采购经理换人。", "拜访新任采购经理，重新介绍服务团队和联系方式。"),
    Talk(
        "客户在比较三家快递的报价。",
        "讲解时限和理赔承诺，约定下周提交年度协议方案。",
        "同城件价格高于同行。",
    ),
    Talk(
        "Exports to Southeast Asia are growing.",
        "Went through customs forms and rates.",
    ),
    Talk("业务平稳。", "核对上月账单，确认无误；询问节日礼品打算。"),
    Talk(
        "公司迁入软件园新址。",
        "登记新地址，重排揽收线路。",
        "停车不便，取件员等候时间长。",
        "与物业约定专用装卸位。",
    ),
    Talk("双十一备货中。", "一起测算包材用量，建议提前锁定仓配资源。"),
    Talk(
        "Budget for next year is being made.", "Sent the figures of this year by month."
    ),
    Talk("报刊到期。", "确认明年报刊续订清单，增订行业杂志两份。"),
    Talk("年会筹备。", "介绍集邮纪念册和定制贺卡方案，客户索要样册。"),
    Talk(
        "上月有两件延误。",
        "说明延误原因，表示歉意，确认后续改派早班车。",
        "客户要求重要件全程跟踪。",
        "开通重点件短信提醒。",
    ),
)
MESSAGES = (
    "通知本月积分和会员权益，客户回复收到。",
    "发送节日问候和停运安排。",
    "Sent the club's programme of the month; thanked by return.",
    "提醒积分即将到期，介绍可兑换礼品。",
)
WISHES = (
    "祝生日快乐，客户致谢。",
    "生日祝福，约定下月喝茶。",
    "Happy birthday; he was glad.",
)


class Complaint(NamedTuple):
    """What was complained about: words, XML id of the cause, what came of it."""

    name: str
    cause: str
    result: str


COMPLAINTS = (
    Complaint("周五的揽收没有按约定时间上门", "collection", "调整班次，周五增派一人。"),
    Complaint("三件样品在途中破损", "loss", "按声明价值赔付，改用加固包装。"),
    Complaint("特快件晚到两天，客户丢了订单", "delay", "退还资费，重要件改走航空。"),
    Complaint("账单金额与合同折扣不一致", "billing", "更正账单，补退差额。"),
    Complaint("客服电话连续三次无人接听", "manner", "热线增加午间值班。"),
    Complaint(
        "A parcel was left with the neighbour without asking",
        "information",
        "Apologised.",
    ),
    Complaint("退件没有说明原因就送回", "information", "退件一律先电话联系。"),
    Complaint("营业厅窗口排队超过四十分钟", "manner", "开通大客户专窗。"),
)


class Held(NamedTuple):
    """An activity: the month of the year, its type, theme, form, place, costs."""

    month: int
    type: str
    theme: str
    form: str
    place: str
    cost: int
    guests: int


YEAR = (
    Held(
        1, "vip_lecture", "新年经济形势讲座", "Lecture", "俱乐部三楼会议室", 5_200, 24
    ),
    Held(2, "holiday_gift", "春节贺卡与小礼品", "Gifts", "各支局", 16_000, 0),
    Held(3, "outing", "环岛路健步走", "Outing", "环岛东路", 2_800, 26),
    Held(3, "product_trial", "国际小包新产品体验", "Trial", "寄递事业部", 1_600, 18),
    Held(
        4,
        "business_seminar",
        "跨境电商研讨会 Cross-Border Seminar",
        "Seminar",
        "软件园二期",
        9_600,
        28,
    ),
    Held(5, "fitness", "羽毛球友谊赛", "Match", "湖里体育馆", 3_000, 20),
    Held(5, "outing", "同安茶山采风", "Outing", "同安军营村", 3_400, 24),
    Held(
        6, "member_day", "会员日：参观处理中心", "Member day", "邮件处理中心", 6_000, 30
    ),
    Held(
        7,
        "vip_lecture",
        "名医谈养生 Staying Well",
        "Lecture",
        "俱乐部三楼会议室",
        4_800,
        26,
    ),
    Held(
        8,
        "company_networking",
        "茶企与电商对接会",
        "Networking",
        "海沧会议中心",
        5_600,
        18,
    ),
    Held(9, "holiday_gift", "中秋月饼", "Gifts", "各支局", 21_000, 0),
    Held(9, "vip_lecture", "企业税务筹划", "Lecture", "俱乐部三楼会议室", 4_600, 24),
    Held(10, "outing", "重阳登高 Autumn Hike", "Outing", "天竺山", 3_200, 26),
    Held(
        11, "business_seminar", "双十一物流保障交流", "Seminar", "寄递事业部", 8_800, 22
    ),
    Held(12, "gala", "年终客户答谢晚会", "Gala", "鹭江宾馆", 68_000, 40),
)
SUMMARIES = (
    "到场会员普遍反映良好，三家单位当场询问年度协议。",
    "Well attended; two accounts asked for a follow-up visit.",
    "气氛热烈，会员希望每季度举办一次。",
    "讲解清楚，建议下次增加互动时间。",
)
# What was held some days ago, and is still to be reported.
LAST_HELD = Held(
    0,
    "vip_lecture",
    "冬季养生与茶 Tea and Winter Health",
    "Lecture",
    "俱乐部三楼会议室",
    4_800,
    24,
)
PLAN_AIMS = "让每个等级的会员每季度至少参加一次活动；重点行业办研讨会。"
PLAN_SHORTFALL = "健康管理类服务按会员预约安排，不列入计划。"
REPORT = (
    "全年活动按计划举办，参加人数和满意度均高于去年。",
    "健康类活动名额偏少，部分支局通知偏晚。",
    "Fewer and larger outings; more seminars by trade.",
)
# What is under way: days from today, its stage.
AHEAD = (
    (
        3,
        "inviting",
        Held(
            0,
            "product_trial",
            "冷链寄递体验 Cold-Chain Trial",
            "Trial",
            "寄递事业部",
            1_800,
            14,
        ),
    ),
    (
        12,
        "inviting",
        Held(
            0, "vip_lecture", "书法与茶的下午", "Lecture", "俱乐部三楼会议室", 5_000, 16
        ),
    ),
    (
        26,
        "preparing",
        Held(0, "fitness", "乒乓球友谊赛", "Match", "湖里体育馆", 2_700, 20),
    ),
    (
        47,
        "waiting",
        Held(0, "study_tour", "长三角电商企业考察", "Tour", "杭州、苏州", 36_000, 20),
    ),
)

REWARDS = (
    # Name, kind, points, cost, stock.
    ("德化白瓷茶具 Porcelain tea set", "gift", 1_800, 320, 80),
    ("年度邮票册 Annual stamp album", "gift", 800, 138, 160),
    ("铁观音礼盒 Tieguanyin tea box", "gift", 1_200, 210, 120),
    ("贵宾候机与接送 Airport lounge and driver", "service", 5_000, 680, 0),
    ("定制贺卡一百张 100 printed greeting cards", "gift", 2_400, 420, 60),
)
KEEP_PLANS = (
    "本周与支局长一起拜访，重新介绍俱乐部权益",
    "提交年度协议方案，满量返点",
    "安排专人跟单一个月，每周汇报时限",
    "Offer a trial month of same-day delivery",
)
COMPETITORS = ("同城快递公司", "民营快递 A", "Global Parcel Ltd.", "")
KEPT, LOST = "恢复每日交寄，已签新协议", "已全部转给同行，约定半年后再谈"
NEEDS = (
    "希望每天下午五点前上门揽收样品包裹",
    "想了解国际小包到东南亚的时限",
    "Storage for samples between two fairs",
    "希望代订明年行业报刊",
    "需要为员工子女组织一次集邮课堂",
)
AIMS = (
    "成为其省内首选寄递服务商",
    "签订三年框架协议，拓展仓配一体",
    "Win the whole of its cross-border parcels",
    "稳定函件和报刊业务，导入集邮礼品",
)
LEADS = (
    "仓配一体方案",
    "跨境小包",
    "年度贺卡定制",
    "Cold-chain trial",
    "报刊集订",
    "集邮年册",
)
ROOMS = (("会员茶室 Tea Room", 8), ("会员沙龙 Members' Salon", 40))
PURPOSES = ("客户洽谈", "品茶会", "Quarterly review", "方案讲解")

# === Trade === #

CHANNEL = "鹭港商业银行 Harbour Bank"
VOUCHER = "同城快递体验券 A month of city courier"
# Per cent off the list price, by tier.
TARIFFS = {"gold": 3, "platinum": 5, "diamond": 8}
