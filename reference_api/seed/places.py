"""Where people live, and how fast the fibre there is. Road names are common ones; coverage is made up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """A road of the operator's map. Speeds in Mbps; 0 = no fibre, and `reason` says why."""

    city_zh: str
    city_en: str
    district_zh: str
    district_en: str
    road_zh: str
    road_en: str
    max_mbps: int
    reason: str = ""
    """noCoverage, buildingClosed or portsFull; empty where broadband can be had."""
    ready_days: int = 0
    """Days until it is expected where it cannot be had today; 0 = not planned."""


PLACES = (
    Place("北京市", "Beijing", "朝阳区", "Chaoyang", "建国路", "Jianguo Road", 1000),
    Place("北京市", "Beijing", "朝阳区", "Chaoyang", "望京街", "Wangjing Street", 1000),
    Place("北京市", "Beijing", "海淀区", "Haidian", "中关村大街", "Zhongguancun Street", 1000),
    Place("北京市", "Beijing", "海淀区", "Haidian", "学院路", "Xueyuan Road", 500),
    Place("北京市", "Beijing", "通州区", "Tongzhou", "新华大街", "Xinhua Street", 500),
    Place("北京市", "Beijing", "门头沟区", "Mentougou", "斋堂路", "Zhaitang Road", 0, "noCoverage", 0),
    Place("北京市", "Beijing", "怀柔区", "Huairou", "雁栖路", "Yanqi Road", 0, "noCoverage", 90),
    Place("上海市", "Shanghai", "浦东新区", "Pudong", "世纪大道", "Century Avenue", 1000),
    Place("上海市", "Shanghai", "浦东新区", "Pudong", "张杨路", "Zhangyang Road", 1000),
    Place("上海市", "Shanghai", "徐汇区", "Xuhui", "淮海中路", "Middle Huaihai Road", 1000),
    Place("上海市", "Shanghai", "静安区", "Jing'an", "南京西路", "West Nanjing Road", 500),
    Place("上海市", "Shanghai", "黄浦区", "Huangpu", "豫园老街", "Yuyuan Old Street", 0, "buildingClosed", 0),
    Place("上海市", "Shanghai", "崇明区", "Chongming", "陈家镇路", "Chenjiazhen Road", 0, "portsFull", 30),
    Place("广州市", "Guangzhou", "天河区", "Tianhe", "天河路", "Tianhe Road", 1000),
    Place("广州市", "Guangzhou", "越秀区", "Yuexiu", "中山五路", "Zhongshan 5th Road", 500),
    Place("广州市", "Guangzhou", "番禺区", "Panyu", "大学城路", "University Town Road", 1000),
    Place("广州市", "Guangzhou", "从化区", "Conghua", "温泉镇路", "Wenquan Road", 0, "noCoverage", 180),
    Place("深圳市", "Shenzhen", "南山区", "Nanshan", "科技园路", "Keji Park Road", 1000),
    Place("深圳市", "Shenzhen", "福田区", "Futian", "深南大道", "Shennan Avenue", 1000),
    Place("深圳市", "Shenzhen", "宝安区", "Bao'an", "新安路", "Xin'an Road", 500),
    Place("杭州市", "Hangzhou", "西湖区", "Xihu", "文三路", "Wensan Road", 1000),
    Place("杭州市", "Hangzhou", "余杭区", "Yuhang", "五常大道", "Wuchang Avenue", 500),
    Place("杭州市", "Hangzhou", "淳安县", "Chun'an", "千岛湖路", "Qiandao Lake Road", 0, "portsFull", 14),
    Place("成都市", "Chengdu", "锦江区", "Jinjiang", "春熙路", "Chunxi Road", 500),
    Place("成都市", "Chengdu", "武侯区", "Wuhou", "天府大道", "Tianfu Avenue", 1000),
    Place("武汉市", "Wuhan", "洪山区", "Hongshan", "珞喻路", "Luoyu Road", 1000),
    Place("武汉市", "Wuhan", "江岸区", "Jiang'an", "沿江大道", "Yanjiang Avenue", 200),
    Place("西安市", "Xi'an", "雁塔区", "Yanta", "小寨路", "Xiaozhai Road", 500),
    Place("西安市", "Xi'an", "碑林区", "Beilin", "书院门街", "Shuyuanmen Street", 0, "buildingClosed", 0),
    Place("南京市", "Nanjing", "鼓楼区", "Gulou", "中山路", "Zhongshan Road", 1000),
    Place("厦门市", "Xiamen", "思明区", "Siming", "中山路", "Zhongshan Road", 500),
    Place("南京市", "Nanjing", "玄武区", "Xuanwu", "珠江路", "Zhujiang Road", 1000),
    Place("重庆市", "Chongqing", "渝中区", "Yuzhong", "解放碑路", "Jiefangbei Road", 500),
    Place("重庆市", "Chongqing", "南岸区", "Nan'an", "南滨路", "Nanbin Road", 200),
)

PROVINCES = {
    "广州市": "广东省",
    "深圳市": "广东省",
    "杭州市": "浙江省",
    "成都市": "四川省",
    "武汉市": "湖北省",
    "西安市": "陕西省",
    "南京市": "江苏省",
    "厦门市": "福建省",
}
"""The province of each city that is not one itself."""

CARRIERS = (("顺丰速运", "SF"), ("京东物流", "JD"), ("中通快递", "ZT"), ("邮政EMS", "EM"))
"""Who brings the parcels: name and the first letters of its tracking numbers."""
