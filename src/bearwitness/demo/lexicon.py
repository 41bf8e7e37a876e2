"""What invented names are put together from, and real places in three spellings.

Names are drawn syllable by syllable; any likeness to a living person is chance. Surname shares
follow the order of Korean censuses, rounded.
"""

from __future__ import annotations

# surname as spelt in the North, in the South, Hanzi, share per thousand
SURNAMES = (
    ("김", "김", "金", 215), ("리", "이", "李", 147), ("박", "박", "朴", 85),
    ("최", "최", "崔", 47), ("정", "정", "郑", 43), ("강", "강", "姜", 24),
    ("조", "조", "赵", 22), ("윤", "윤", "尹", 21), ("장", "장", "张", 20),
    ("림", "임", "林", 17), ("한", "한", "韩", 16), ("오", "오", "吴", 15),
    ("서", "서", "徐", 15), ("신", "신", "申", 15), ("권", "권", "权", 14),
    ("황", "황", "黄", 14), ("안", "안", "安", 14), ("송", "송", "宋", 14),
    ("전", "전", "全", 11), ("홍", "홍", "洪", 11), ("류", "유", "柳", 11),
    ("고", "고", "高", 9), ("문", "문", "文", 9), ("량", "양", "梁", 9),
    ("손", "손", "孙", 9), ("배", "배", "裴", 8), ("백", "백", "白", 8),
    ("허", "허", "许", 7), ("남", "남", "南", 6), ("심", "심", "沈", 6),
    ("로", "노", "卢", 5), ("하", "하", "河", 5), ("곽", "곽", "郭", 4),
    ("차", "차", "车", 4), ("주", "주", "朱", 4), ("우", "우", "禹", 4),
    ("라", "나", "罗", 4), ("지", "지", "池", 3), ("엄", "엄", "严", 3),
    ("원", "원", "元", 3), ("방", "방", "方", 3), ("현", "현", "玄", 2),
)  # fmt: skip

# How surnames are commonly put in Latin letters where no system is followed.
COMMON_LATIN = {
    "김": "Kim", "리": "Lee", "박": "Park", "최": "Choi", "정": "Jung", "강": "Kang",
    "조": "Cho", "림": "Lim", "오": "Oh", "신": "Shin", "권": "Kwon", "류": "Yoo",
    "고": "Ko", "문": "Moon", "량": "Yang", "백": "Baek", "로": "Noh", "우": "Woo",
    "윤": "Yoon", "라": "Na", "주": "Joo", "허": "Huh",
}  # fmt: skip

# (sex, born before 1975): first syllables, second syllables; earlier ones are drawn more often.
GIVEN = {
    ("female", True): ("영순명정옥금춘경복혜봉인선성은화", "숙순옥자희실녀애선화란금복월련심"),
    ("female", False): ("은미향현경명진수영혜설선옥금송지별", "향미경희심주혜아별화영순란정옥설연"),
    ("male", True): ("영철성명광정동학창용병기상태인재", "철호수남식길일선국룡만복근덕삼환"),
    ("male", False): ("철광성영명금진혁현은충위남일용주", "혁철국성진명호일남범학룡훈준송민"),
}

# characters of invented Chinese names, with toneless pinyin
CHINESE_SURNAMES = (("王", "wang"), ("李", "li"), ("张", "zhang"), ("刘", "liu"), ("陈", "chen"),
                    ("杨", "yang"), ("赵", "zhao"), ("孙", "sun"), ("朱", "zhu"),
                    ("马", "ma"))  # fmt: skip
CHINESE_GIVEN = {
    "female": (("花", "hua"), ("英", "ying"), ("丽", "li"), ("梅", "mei"), ("玉", "yu"),
               ("兰", "lan"), ("红", "hong"), ("美", "mei"), ("春", "chun"), ("香", "xiang"),
               ("芳", "fang"), ("娟", "juan"), ("艳", "yan"), ("雪", "xue"), ("莲", "lian"),
               ("静", "jing"), ("秀", "xiu"), ("燕", "yan"), ("霞", "xia"), ("凤", "feng"),
               ("月", "yue"), ("琴", "qin"), ("淑", "shu"), ("慧", "hui")),
    "male": (("强", "qiang"), ("军", "jun"), ("伟", "wei"), ("龙", "long"), ("勇", "yong"),
             ("国", "guo"), ("明", "ming"), ("峰", "feng"), ("刚", "gang"), ("海", "hai"),
             ("林", "lin"), ("杰", "jie"), ("东", "dong"), ("永", "yong"), ("哲", "zhe"),
             ("虎", "hu"), ("山", "shan"), ("波", "bo"), ("春", "chun"), ("光", "guang")),
}  # fmt: skip
SURNAME_PINYIN = {
    "金": "jin", "李": "li", "朴": "piao", "崔": "cui", "郑": "zheng", "姜": "jiang",
    "赵": "zhao", "尹": "yin", "张": "zhang", "林": "lin", "韩": "han", "吴": "wu",
    "徐": "xu", "申": "shen", "权": "quan", "黄": "huang", "安": "an", "宋": "song",
    "全": "quan", "洪": "hong", "柳": "liu", "高": "gao", "文": "wen", "梁": "liang",
    "孙": "sun", "裴": "pei", "白": "bai", "许": "xu", "南": "nan", "沈": "shen",
    "卢": "lu", "河": "he", "郭": "guo", "车": "che", "朱": "zhu", "禹": "yu",
    "罗": "luo", "池": "chi", "严": "yan", "元": "yuan", "方": "fang", "玄": "xuan",
}  # fmt: skip

# Hangul, Hanzi, Latin, share, near the Tumen river
ORIGINS = (
    ("회령", "会宁", "Hoeryong", 16, True), ("무산", "茂山", "Musan", 15, True),
    ("온성", "稳城", "Onsong", 13, True), ("혜산", "惠山", "Hyesan", 12, False),
    ("청진", "清津", "Chongjin", 12, True), ("함흥", "咸兴", "Hamhung", 7, False),
    ("경원", "庆源", "Kyongwon", 4, True), ("라선", "罗先", "Rason", 4, True),
    ("길주", "吉州", "Kilju", 4, False), ("김책", "金策", "Kimchaek", 3, False),
    ("신의주", "新义州", "Sinuiju", 4, False), ("보천", "普天", "Pochon", 2, False),
    ("연사", "延社", "Yonsa", 2, True), ("부령", "富宁", "Puryong", 2, True),
)  # fmt: skip

# Hangul, Hanzi, Latin, share from the Tumen side, share from elsewhere
PLACES = (
    ("연길", "延吉", "Yanji", 28, 12), ("도문", "图们", "Tumen", 14, 4),
    ("룡정", "龙井", "Longjing", 13, 4), ("화룡", "和龙", "Helong", 12, 4),
    ("훈춘", "珲春", "Hunchun", 9, 3), ("왕청", "汪清", "Wangqing", 6, 3),
    ("장백", "长白", "Changbai", 3, 24), ("림강", "临江", "Linjiang", 2, 12),
    ("단동", "丹东", "Dandong", 2, 14), ("심양", "沈阳", "Shenyang", 5, 10),
    ("할빈", "哈尔滨", "Harbin", 3, 5), ("목단강", "牡丹江", "Mudanjiang", 3, 5),
)  # fmt: skip
