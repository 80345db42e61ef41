"""First names by gender. None of them is also a common word, a month or a well-known place."""

from __future__ import annotations

_FEMALE = """
Mary Patricia Jennifer Linda Barbara Susan Jessica Sarah Karen Nancy Lisa Margaret Betty Sandra Kimberly Emily
Donna Michelle Amanda Melissa Deborah Stephanie Rebecca Laura Sharon Cynthia Kathleen Amy Angela Shirley Anna
Brenda Pamela Nicole Samantha Katherine Christine Emma Helen Debra Rachel Catherine Carolyn Janet Maria Heather
Diane Julie Joyce Evelyn Christina Lauren Martha Judith Cheryl Megan Andrea Olivia Jacqueline Hannah Kathryn
Teresa Sara Janice Julia Theresa Alice Judy Beverly Denise Marilyn Danielle Sophia Isabella Diana Natalie
Abigail Doris Claire Eleanor Lucy Ellen Fatima Aisha Layla Elena Marta Ingrid Elizabeth Caroline Louise Charlene
Monica Veronica Yvonne Paula Nina Irene Agnes Edith
"""
FEMALE: tuple[str, ...] = tuple(_FEMALE.split())

_MALE = """
James John Robert Michael David Richard Joseph Thomas Charles Christopher Daniel Matthew Anthony Steven Andrew
Kenneth Kevin Brian George Edward Ronald Timothy Jason Jeffrey Ryan Jacob Nicholas Eric Jonathan Stephen Larry
Justin Brandon Benjamin Samuel Gregory Patrick Alexander Raymond Dennis Jerry Aaron Adam Nathan Henry Douglas
Zachary Peter Kyle Walter Ethan Jeremy Harold Keith Roger Gerald Sean Arthur Albert Philip Simon Oliver Hugo
Felix Martin Paul William Donald Edwin Ralph Eugene Howard Vincent Leonard Frederick Colin Ian Duncan Stuart
Trevor Nigel Derek Geoffrey Julian Adrian Ahmed Omar Hassan Carlos Miguel Juan Pedro Pablo Ivan Sergei Dmitri
Erik Lars Mehmet Rajesh Kenji
"""
MALE: tuple[str, ...] = tuple(_MALE.split())

_BEFORE_A_PLACE = """
st st. saint san santa sao são port fort mount mt lake cape fort prince pope hurricane storm
"""
NOT_AFTER = frozenset(_BEFORE_A_PLACE.split())
"""Words before a name that make it one of a place, a saint or a storm."""

_BEHIND_A_PLACE = """
street avenue road square county city town village university college school institute hospital church cathedral
park river lake bay island islands beach bridge airport station tower building hall museum library stadium award
awards prize medal cup inc inc. corp corp. co co. company corporation group foundation bank motors records
brothers sons & house act bible channel i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi
"""
NOT_BEFORE = frozenset(_BEHIND_A_PLACE.split())
"""Words behind a name that make it one of a place, a house or a ruler."""
