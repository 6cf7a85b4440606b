"""The crowd's names: first and last names of many scripts, each with the spelling that its login uses."""

from __future__ import annotations

from typing import NamedTuple


class Pool(NamedTuple):
    """Names of one script: pairs of the shown spelling and the login's spelling, and how common the pool is."""

    weight: int
    firsts: tuple[tuple[str, str], ...]
    lasts: tuple[tuple[str, str], ...]


def _plain(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, name.lower().replace("'", "").replace(" ", "")) for name in text.split("|"))


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((shown, spelled) for shown, spelled in (item.split("=") for item in text.split("|")))


LATIN = Pool(
    76,
    _plain(
        "Aaron|Abigail|Adele|Alan|Alice|Amanda|Amber|Amy|Andrea|Andrew|Angela|Anna|Anthony|April|Arthur|Ashley|"
        "Barbara|Beatrice|Benjamin|Bernard|Beth|Brandon|Brenda|Brian|Bruce|Camille|Carl|Carol|Catherine|Cecilia|"
        "Charles|Charlotte|Chloe|Christian|Christine|Clara|Claire|Colin|Connor|Craig|Cynthia|Daniel|David|Deborah|"
        "Dennis|Diana|Dominic|Donald|Dorothy|Douglas|Edith|Edward|Eleanor|Elena|Elizabeth|Emily|Emma|Eric|Esther|"
        "Ethan|Eugene|Eva|Felix|Fiona|Florence|Frances|Frank|Gabriel|Gary|Gerald|Gloria|Graham|Gregory|Hannah|Harold|"
        "Harriet|Heather|Helen|Howard|Hugo|Ian|Irene|Isaac|Isabel|Jacob|James|Janet|Jason|Jean|Jennifer|Jeremy|"
        "Jessica|Joan|Joel|John|Jordan|Joseph|Joyce|Judith|Julian|Karen|Karl|Katherine|Keith|Kenneth|Kevin|Laura|"
        "Lawrence|Leah|Leonard|Lewis|Lily|Linda|Lisa|Louis|Lucas|Lucy|Luis|Madeleine|Marcus|Margaret|Marion|Mark|"
        "Martha|Martin|Mary|Matthew|Megan|Melissa|Michael|Miriam|Molly|Monica|Nancy|Naomi|Natalie|Nathan|Neil|"
        "Nicholas|Noah|Nora|Olivia|Oscar|Owen|Pamela|Patricia|Patrick|Paul|Penelope|Peter|Philip|Rachel|Ralph|"
        "Raymond|Rebecca|Richard|Robert|Roger|Ronald|Rose|Ruth|Samuel|Sandra|Sarah|Scott|Sharon|Simon|Sophia|Stephen|"
        "Stuart|Susan|Sylvia|Teresa|Theodore|Thomas|Timothy|Valerie|Vanessa|Victoria|Vincent|Walter|Wendy|William",
    ),
    _plain(
        "Adams|Alexander|Allen|Anderson|Andrews|Armstrong|Atkinson|Bailey|Barker|Barnes|Bell|Bennett|Berry|Bishop|"
        "Black|Bradley|Brooks|Brown|Bryant|Burke|Burns|Butler|Campbell|Carpenter|Carter|Chambers|Chapman|Clark|Cole|"
        "Coleman|Collins|Cook|Cooper|Cox|Crawford|Cunningham|D'Angelo|Daniels|Davidson|Davis|Dawson|De la Cruz|Dixon|"
        "Douglas|Duncan|Edwards|Elliott|Ellis|Evans|Ferguson|Fisher|Fleming|Ford|Foster|Fox|Francis|Fraser|Freeman|"
        "Gardner|Gibson|Gordon|Graham|Grant|Gray|Green|Griffin|Hall|Hamilton|Harper|Harris|Harrison|Hart|Harvey|"
        "Hawkins|Hayes|Henderson|Henry|Hill|Holmes|Howard|Hughes|Hunter|Jackson|James|Jenkins|Johnson|Jones|Jordan|"
        "Kelly|Kennedy|King|Knight|Lawson|Lewis|Lloyd|MacDonald|Marshall|Martinez|Mason|Matthews|McCarthy|Mills|"
        "Mitchell|Montgomery|Moore|Morgan|Morris|Murphy|Murray|Myers|Nelson|Newman|Nichols|O'Connor|O'Neill|Owens|"
        "Palmer|Parker|Patterson|Payne|Pearson|Perkins|Perry|Peterson|Phillips|Porter|Powell|Price|Reed|Reynolds|"
        "Richards|Richardson|Riley|Roberts|Robinson|Rogers|Ross|Russell|Ryan|Sanders|Saunders|Scott|Shaw|Simpson|"
        "Smith|Spencer|Stevens|Stewart|Stone|Sullivan|Taylor|Thompson|Turner|Van den Berg|Wagner|Walker|Wallace|Ward|"
        "Warren|Watson|Webb|Wells|West|White|Wilkinson|Williams|Wilson|Wood|Wright|Young",
    ),
)

OTHERS: tuple[Pool, ...] = (
    Pool(
        7,
        _pairs(
            "José=jose|François=francois|Zoë=zoe|Jürgen=juergen|Søren=soren|Łukasz=lukasz|Žofie=zofie|Ñuria=nuria|"
            "Anne-Marie=anne-marie|Jean-Luc=jean-luc|Siobhán=siobhan|Þóra=thora|Gökçe=gokce|Mátyás=matyas"
        ),
        _pairs(
            "Núñez=nunez|García-Márquez=garcia-marquez|Müller=mueller|Ørsted=orsted|Kowalczyk=kowalczyk|"
            "Dvořák=dvorak|Şahin=sahin|Nagy=nagy|Smith-Jones=smith-jones|Ångström=angstrom|Lévêque=leveque|"
            "Guðmundsdóttir=gudmundsdottir|Ionescu=ionescu|Château=chateau"
        ),
    ),
    Pool(
        4,
        _pairs("Иван=ivan|Мария=mariya|Олег=oleg|Светлана=svetlana|Дмитрий=dmitriy|Ольга=olga"),
        _pairs("Иванов=ivanov|Кузнецова=kuznetsova|Шевченко=shevchenko|Соколов=sokolov|Щербакова=shcherbakova"),
    ),
    Pool(
        2,
        _pairs("Γιώργος=giorgos|Ελένη=eleni|Νίκος=nikos|Σοφία=sofia"),
        _pairs("Παπαδόπουλος=papadopoulos|Γεωργίου=georgiou|Κωνσταντίνου=konstantinou"),
    ),
    Pool(
        2,
        _pairs("محمد=mohammed|فاطمة=fatima|يوسف=yousef|ليلى=layla"),
        _pairs("الحسن=alhassan|العلي=alali|منصور=mansour|القحطاني=alqahtani"),
    ),
    Pool(1, _pairs("יעל=yael|דוד=david|נועה=noa|משה=moshe"), _pairs("כהן=cohen|לוי=levi|מזרחי=mizrahi")),
    Pool(
        3,
        _pairs("伟=wei|芳=fang|秀英=xiuying|敏=min|静=jing|磊=lei"),
        _pairs("王=wang|李=li|张=zhang|刘=liu|欧阳=ouyang"),
    ),
    Pool(
        2,
        _pairs("さくら=sakura|健太=kenta|美咲=misaki|大輔=daisuke"),
        _pairs("佐藤=sato|鈴木=suzuki|高橋=takahashi|𠮷田=yoshida"),
    ),
    Pool(1, _pairs("민준=minjun|서연=seoyeon|지훈=jihoon"), _pairs("김=kim|이=lee|박=park|최=choi")),
    Pool(1, _pairs("สมชาย=somchai|สุดา=suda|วิชัย=wichai"), _pairs("ศรีสุข=srisuk|ทองดี=thongdee|ใจดี=jaidee")),
    Pool(1, _pairs("आरव=aarav|प्रिया=priya|राहुल=rahul"), _pairs("शर्मा=sharma|पटेल=patel|त्रिपाठी=tripathi")),
)

POOLS: tuple[Pool, ...] = (LATIN, *OTHERS)
# One entry per hundredth, so that a roll modulo 100 chooses a pool by its weight.
BY_WEIGHT: tuple[int, ...] = tuple(number for number, pool in enumerate(POOLS) for _ in range(pool.weight))
