"""What an invented interview says: a numbered sentence for each step. Nothing graphic.

`{place}` is a place in the interview's language, `{year}` a year, `{name}` and `{origin}` of the
person. Each interview says in its first words that it is invented.
"""

from __future__ import annotations

LANGUAGES = ("ko", "en", "zh-Hans")
# Column of lexicon.PLACES and ORIGINS in which a language writes a place.
SPELLING = {"ko": 0, "zh-Hans": 1, "en": 2}

OPENING = {
    "en": "This account is invented. My name is {name}, and I come from {origin}.",
    "ko": "이 이야기는 지어낸 것입니다. 제 이름은 {name}이고 {origin}에서 왔습니다.",
    "zh-Hans": "这是虚构的讲述。我叫{name}，我是{origin}人。",
}

# What happened, by term; the steps that have none of their own are told as "other".
TOLD = {
    "trajectory/left-home": {
        "en": "In {year} I left home; I told nobody but my sister.",
        "ko": "{year}년에 집을 떠났고 언니에게만 말했습니다.",
        "zh-Hans": "{year}年我离开了家，只告诉了姐姐。",
    },
    "trajectory/crossed-border": {
        "en": "We crossed the river near {place} at night in {year}.",
        "ko": "{year}년 밤에 {place} 근처에서 강을 건넜습니다.",
        "zh-Hans": "{year}年夜里我们在{place}附近过了江。",
    },
    "trajectory/moved": {
        "en": "In {year} I was taken on to {place} by car.",
        "ko": "{year}년에 차로 {place}까지 옮겨졌습니다.",
        "zh-Hans": "{year}年我被车带到了{place}。",
    },
    "trajectory/sold": {
        "en": "In {place}, in {year}, one man gave another money for me.",
        "ko": "{year}년 {place}에서 한 남자가 다른 남자에게 저에 대한 돈을 주었습니다.",
        "zh-Hans": "{year}年在{place}，一个男人为我付了钱给另一个人。",
    },
    "trajectory/held": {
        "en": "They kept me in a house in {place} until {year}.",
        "ko": "{year}년까지 {place}의 어느 집에 갇혀 있었습니다.",
        "zh-Hans": "直到{year}年，他们把我关在{place}的一所房子里。",
    },
    "trajectory/arrested": {
        "en": "In {year} the police came to the house in {place}.",
        "ko": "{year}년에 {place}의 집으로 경찰이 왔습니다.",
        "zh-Hans": "{year}年警察来到{place}的家里。",
    },
    "trajectory/repatriated": {
        "en": "In {year} I was handed over at the bridge.",
        "ko": "{year}년에 다리에서 넘겨졌습니다.",
        "zh-Hans": "{year}年我在桥上被移交。",
    },
    "trajectory/interrogated": {
        "en": "They asked whom I had met, day after day, in {year}.",
        "ko": "{year}년에 누구를 만났는지 날마다 물었습니다.",
        "zh-Hans": "{year}年他们天天问我见过谁。",
    },
    "trajectory/imprisoned": {
        "en": "I was held in {place} for months in {year}.",
        "ko": "{year}년에 {place}에서 몇 달 동안 갇혀 있었습니다.",
        "zh-Hans": "{year}年我在{place}被关了几个月。",
    },
    "trajectory/released": {
        "en": "I was let go in {year}.",
        "ko": "{year}년에 풀려났습니다.",
        "zh-Hans": "{year}年我被放了出来。",
    },
    "trajectory/escaped": {
        "en": "In {year} I walked away from {place} and did not turn round.",
        "ko": "{year}년에 {place}에서 걸어 나와 돌아보지 않았습니다.",
        "zh-Hans": "{year}年我走出{place}，没有回头。",
    },
    "trajectory/arrived": {
        "en": "In {year} I came to a place where I could stay.",
        "ko": "{year}년에 머물 수 있는 곳에 왔습니다.",
        "zh-Hans": "{year}年我到了可以留下的地方。",
    },
    "trafficking/deception": {
        "en": "In {year} a broker promised work in a restaurant in {place}.",
        "ko": "{year}년에 중개인이 {place}의 식당 일을 약속했습니다.",
        "zh-Hans": "{year}年中介答应给我{place}餐馆的工作。",
    },
    "trafficking/transportation": {
        "en": "Two people I did not know drove us to {place} in {year}.",
        "ko": "{year}년에 모르는 두 사람이 우리를 {place}까지 데려갔습니다.",
        "zh-Hans": "{year}年两个陌生人开车把我们送到{place}。",
    },
    "trafficking/forced-marriage": {
        "en": "In {place}, in {year}, I was told whom I would marry.",
        "ko": "{year}년 {place}에서 누구와 결혼할지 통보받았습니다.",
        "zh-Hans": "{year}年在{place}，有人告诉我要嫁给谁。",
    },
    "trafficking/forced-labour": {
        "en": "I worked in the fields near {place} without pay in {year}.",
        "ko": "{year}년에 {place} 근처 밭에서 돈을 받지 못하고 일했습니다.",
        "zh-Hans": "{year}年我在{place}附近的地里干活，没有工钱。",
    },
    "trafficking/coercion": {
        "en": "They said in {year} that they would report me if I left {place}.",
        "ko": "{year}년에 {place}에서 나가면 신고하겠다고 했습니다.",
        "zh-Hans": "{year}年他们说我若离开{place}就去告发。",
    },
    "detention/arbitrary-detention": {
        "en": "Nobody told us in {place} in {year} why we were held.",
        "ko": "{year}년 {place}에서 왜 갇혔는지 아무도 말해 주지 않았습니다.",
        "zh-Hans": "{year}年在{place}，没人告诉我们为什么被关。",
    },
    "detention/detention-labour": {
        "en": "In {year} we carried wood from morning to evening.",
        "ko": "{year}년에 아침부터 저녁까지 나무를 날랐습니다.",
        "zh-Hans": "{year}年我们从早到晚搬木头。",
    },
    "violence/deprivation": {
        "en": "In {place} there was little to eat in {year}.",
        "ko": "{year}년 {place}에서는 먹을 것이 적었습니다.",
        "zh-Hans": "{year}年在{place}吃的很少。",
    },
    "violence/threat": {
        "en": "In {year} one of them threatened my family.",
        "ko": "{year}년에 그들 가운데 한 사람이 가족을 위협했습니다.",
        "zh-Hans": "{year}年他们中有人威胁我的家人。",
    },
}

# A way is put together from these, in this order; "back" can come again.
WAY = {
    "out": ("trajectory/left-home", "trajectory/crossed-border"),
    "there": ("trafficking/deception", "trafficking/transportation", "trajectory/sold",
              "trafficking/forced-marriage", "trafficking/coercion", "trafficking/forced-labour",
              "trajectory/held", "trajectory/moved"),
    "back": ("trajectory/arrested", "detention/arbitrary-detention", "trajectory/repatriated",
             "trajectory/interrogated", "trajectory/imprisoned", "detention/detention-labour",
             "violence/deprivation", "violence/threat", "trajectory/released",
             "trajectory/crossed-border"),
    "away": ("trajectory/escaped", "trajectory/moved", "trajectory/arrived"),
}  # fmt: skip
BY_STATE = frozenset(WAY["back"][:-2])  # steps that officials did

# Between the steps: what people also speak of.
BESIDE = {
    "en": (
        "The market was open in the mornings then, and people brought whatever they had.",
        "My mother kept the seeds of every year in a tin, and knew each by its colour.",
        "The winter came early and the snow lay until the middle of April.",
        "There was a school song that all of us could sing, even the little ones.",
        "I remember the sound of the train more than the town itself.",
        "We had a neighbour who could mend any radio, and who never asked for anything.",
        "The road was being built, and there were lorries day and night.",
        "I learned the language by listening to the children in the yard.",
    ),
    "ko": (
        "그때는 아침마다 장이 섰고 사람들은 가진 것을 무엇이든 가져왔습니다.",
        "어머니는 해마다 씨앗을 깡통에 모아 두고 색깔로 구별했습니다.",
        "겨울이 일찍 왔고 눈은 사월 중순까지 남아 있었습니다.",
        "아이들까지 모두 부를 줄 아는 학교 노래가 있었습니다.",
        "도시보다 기차 소리가 더 기억에 남습니다.",
        "라지오를 무엇이든 고치던 이웃이 있었는데 아무것도 바라지 않았습니다.",
        "길을 닦고 있어서 밤낮으로 짐차가 다녔습니다.",
        "마당에서 아이들이 하는 말을 들으며 말을 배웠습니다.",
    ),
    "zh-Hans": (
        "那时候早上有集市，人们把有的东西都拿来。",
        "母亲每年把种子存在铁罐里，看颜色就认得。",
        "冬天来得早，雪到四月中旬才化。",
        "有一首校歌，连小孩子都会唱。",
        "比起那座城，我更记得火车的声音。",
        "有个邻居什么收音机都会修，从不要什么。",
        "正在修路，卡车日夜不停。",
        "我是听院子里的孩子说话学会语言的。",
    ),
}
