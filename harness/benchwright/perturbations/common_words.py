"""Frequent English words that a single slip can make of one another."""

from __future__ import annotations

_WORDS = """
able about above aching across act acting action active actor add added addition advice advise after again against age
aged agent ages ago agree ahead aid aim aims air airs alive all allow alone along also although always among amoral
amount ancient and angel anger angle angry another answer ant any anyone ape appear apple apply arc are argue ark arm
arms army around arrive art article arts ash aside ask asked asking asks assist assure ate atom attack auditor aunt
aware away baby back bad badly bag bail bait bake bald bale balk ball balm ban band bank bans bar bare barely bark
barn bars base bass bat bath bather bats batter battery bay bays beach bead beam bean bear beard bearing beast beat
beauty became because become bed bedroom beds bee been beer bees before began begin being believe bell below belt bend
bent best bet bets better between bias big bike bill bin bind bird birth bit bite bits bitter black blame bland blank
blend blew blind blink block blood blot blow blue board boarder boat body boil bold bolt bomb bond bone book boom boot
boots border bore bored boring born boss both bother bottle bottom bought bound bout bow bowl bows box boy boys brain
brake branch brand brave bread break breath bribe brick bride brief bright bring brink broad broken brother brought
brown bug build built bulb bulk bull bump bun bunch bunny buns burn burns bury bus busy but butter buy buyer buys cab
cafe cage cake call calm came camp can candy cane cap cape caps car card care cared careful caring cars carve case
cash cast casual cat cats caught causal cause cave cell center century certain chain chair chance change charge charm
chat cheap check cheer chef chest chew chief child chime chin chip choice chop chose church circle cite city claim
clap class clay clean clear cleaver clever climb clime clip clock close closed cloth clothes cloud clove club clue
coach coal coast coat code coffee coin cold collar come comedy comes comic coming command commend comment common cone
conserve consist contact contest context contract contrast converse cook cool cop cope copy cord core cork corn corner
cost could count country couple course court cover cow cows crab crack crash crave cream create creation creative
credit crew crime crop cross crow crowd cruel crumb cry crying cub cube cues cup cups cure currant current curse curve
cut cuts dad dairy dam dame damp dams dance danger dare daring dark darn dash data date dawn day days dead deaf deal
dean dear death debt decide decision deck deed deep deer defeat defend delay demand den dent deny desert deserve
design desk dessert detail device devise dew diary dice did die died dies diet differ dig digs dim dime dine dinner
dip dips direct dirt dirty dish dive diving division dock does dog dogs doing dolls dome done doom door dose dot dots
doubt dove down draft drag drain drama draw dream dress drew drink drive driver driving drop drove drug drum drunk dry
drying dual duck due duel dues duet dug duke dull dumb dune during dusk dust duty dyed each eager ear early earn ears
earth easily east easy eat eats echo edge edit edition editor effect effort egg eggs ego either elf else empty enable
end ended ends enemy energy engine enjoy enough ensure enter entire envy epic equal era eras error escape eve even
evening event ever every evil exact except excuse exist exits expect expert extra eye eyed eyes face fact factor fade
fail fair fairly faith fake fall false fame family famous fan fancy fanny fans far fare farm fashion fast fat fate
father fats fault favor fear fearing feat feather fed fee feed feel feeling fees feet fell fellow felt fence fender
fern fest fever few field fifth fifty fig fight figure file filing fill filling film fin final find fine finger finish
fire firm first fish fission fit fits five fix fixed flag flake flame flap flash flat flattery flaw flea flee fleet
flesh flew flight flip float flock flood floor flop flow flower flume flux fly flying foam fog foil fold folk follow
fond food fool foot for force foreign forest forget fork form formal former fort forth forty forward found four fowl
fox foxes frame fray free fresh fret friend frighten from front fruit fuel full fully fume fun fund funny fur furs
fuse fusion fuss future gain gale game gang gap gaps garden gas gasp gate gather gave gaze gear gems gender gene
general gentle germ get gets ghost giant gift gigs gin girl give given giver giving glad glance glass glove glow glue
goal goat god gods goes going gold golf gone good gore got gown grab grace grade grain gram grand grant grass grave
gray great green grew grid grief grim grime grin grip grit groove gross ground group grove grow growth guard guess
guest guide guilt gulf gum gums gun guns gut guts guy guys gym habit had hail hair half hall halt ham hams hand handle
handy hang happen happy hard hardly hardy harm has hasty hat hate hats haul have having hawk hay haze head heal health
heap hear heard hearing heart heat heather heaven heavy heel heir held hell hello help hen hence her herb herd here
hero heroin heroine hers hey hid hidden hide high hike hill him hint hip hips hire his history hit hits hoarder hog
hogs hold hole holy home honest honor hood hoof hook hoop hop hope hoping hopping hops horn horror horse hose host hot
hotel hour house how however hub hug huge hugs hull human humane humor hundred hung hunger hungry hunt hurry hurt
husband hush hut huts hymn ice icon idea idle idol ill illegal image immoral immortal inch income indeed ink inks inn
inner inns inside insist instead insure into iron irrelevant island issue item itself ivy jail jam jar jaw jaws jazz
jeans jest jet jets job jobs jog join joke joy joys judge jug juice jump jury just keen keep kept key keys kick kid
kids kill kin kind king kiss kit kite knave knee knew knife knit knob knock knot know known lab lace lack lad ladder
lads lady lag laid lake lamb lame lamp land lane lap laps large lark lash last late later lather latte latter laugh
lava law lawn lay layer laying lays lazy lead leader leaf league leak lean leap learn least leather leave led left leg
legal legs lend length lens less lesson let letter level liar lid lids lie lies lift light lighten like liked likely
limb lime limit limp line link lion lip lips list listen lit litter little live liver living loan lobe local lock log
logs lone long longer look loop loose loot lord lose loss lost lot lotion lots lottery loud love loved lovely lover
loving low lower luck lucky lunch lure lurk lush lust lying mad madder made maid mail main major make maker male mall
malt man mane many map maps march mare marital mark market marry martial mask mass massive mast master mat match mate
matter may maybe maze mead meal mean means meant meat medal media meet melt member memory men mental menu mercy mere
merely mess met metal method mice middle might mighty mild mile milk mind mine minor mint minute mirror miss mission
mist mix mixed moan mob model modern mole mom moment money monk monkey month mood moon mop moral morale more morning
mortal moss most moth mother motion motor mount mouse mouth move moved movie moving mows much mud mug mugs mule murder
muscle music must mute mutual myself myth nail name named narrow nasty nation national native nature navy near nearly
neat neck need needs nerve nests net nets never new news next nice night nine nobody nod node nods noise none noon nor
north nose not note noted nothing notice notion noun novel now nude numb nun nurse nut nuts oak oar oath obey object
observe odd odds odor off offer office often oil oils okay old older omen omit once one ones only open opt option oral
orange orb order ore other others ought our ours out oven over owed owes owl owls own owner owns pace pack pact pad
pads page paid pail pain paint pair pale palm pan panel pans pant paper parent park part party pass passive past pasty
pat patch patent path patient patter pause pave paw pawn pay paying pays pea peace peak peas peek peel peer pen penny
pens people perfect perhaps period perk persist person pest pet pets petty phase phone photo phrase piano pick picture
pie piece pier pies pig pigs pike pile pilot pin pine pink pins pint pipe pit pitch pits pity place plain plan plane
planed planet planned plant plate play player playing plea please plenty plot plow ploy plug plum plume plus pods poem
poet point poison poke pole police policy polite polo pond ponder pony pool poor pop pops popular pork port portion
pose position post pot potent potion pots potter pottery pound pour poverty power praise pray prayer praying precision
prefer press pretty prey price prick pride prime prince print prior prison prize proof prop proper property pros proud
prove provision prying pub pubs puff pull pulp pump pupil pure purse push put puts quarter queen quick quid quiet quit
quite quiz race rack raft rag rage rags raid rail rain raise ram rams ran range rank rant rap rare rarely rash rat
rate rather ration rational rats rave raw ray rays reach react reaction read reader ready real really rear reason
recall recent record red reed reef reel reform refuse region reign reject relate relation relative relevant relief
rely remain remand remark remind remove render rent repair repeat reply report rescue reserve resist rest result
retain return reveal review revise revision reward rhyme rib ribs rice rich rid ride rider rift rig right righty rim
rims ring riot rip ripe rips rise risk rite rival river road roam roar rob robe rock rod rods role roll roof room root
rope rose rosy rot rough round route row rows royal rub rubs rude rug rugs ruin rule ruler run runs rural rush rust
rye sack sacred sad safe safety saga sage said sail sake salt same sand sandy sane sang sank sap sat sauce save saved
saving saw saws say saying says scale scar scare scary scattered scene scent school scope score scoring scream screen
script sea seal seas seat second secret see seed seeing seek seem seems seen sees sell send sender sense sent series
serve service set sets settle seven severe sew sewn sex shade shadow shake shale shall sham shame shape shard share
shark sharp shattered shave she shed sheep sheet shelf shell shelter shift shin shine ship shirt shock shoe shoot shop
shore short shot should shoulder shout shovel show shown shun shut shy sick side sigh sight sign signs silent silk
silly silver simple simply sin since sing singer single sink sins sip sips sir sister sit site sits six sixth sixty
size ski skill skim skin skip sky slab slack slain slake slam slap slate slave sled sleep slept slice slide slight
slim slip slot slow slowly slug slum sly smack small smart smell smile smock smoke smooth smug snack snake snap snob
snow snug soak soap soar sob sober social sock soda sofa soft soil sold sole solid some son song sons soon sore sort
soul sound soup sour source south sow soy spa space span spare spark spat speak speed spell spend spent spice spike
spin spire spirit spite split spoke sport spot spread spring spun spur spy square stab stable stack staff stage stain
stair stake stale stalk stall stamp stand star stare staring stark starring start state static station statue status
stay steady steal steam steel steep steer stem step stereo stew stick stiff still stir stock stole stone stood stop
store storm story stout stove strange straw stray stream street strict strike string strip stroke strong struck study
stuff stun stupid style subtle such suck sudden sued suffer sugar suit suits sum summer sums sun sung sunk sunny super
supply sure surface survey swan swap sway swear sweat sweep sweet swim swing sword system tab table tabs tag tags tail
take taken tale talent talk tall tame tan tank tans tap tape taping tapping taps tar target tart task taste tasty
taught tax taxi tea teach team tear tearing tears teas tell ten tend tender tends tens tense tent term terms test text
than thank that the their theirs them theme then there these they thick thief thin thing think third thirst this those
though thought thread threat three threw throat through throw thumb thus ticket tide tidy tie tied ties tight tighten
tile till tilt time times tin tiny tip tips tire tired title toad today toe toes together told toll tomb ton tone
tongue tons too took tool tooth top tops tore torn toss total touch tough tour toward towel tower town tows toy toys
trace track trade trail train trait trap trash travel tray treat treaty tree trek trend trial tribe trick tried trim
trio trip troop trot trouble truck true truly trunk trust truth try trying tub tube tuck tug tuna tune turf turn tusk
twelve twenty twice twig twin twist two type ugly uncle under undo union unit unite united unity untied until upon
upper upset urban urge use used useful user usual vague vain valley value van vans vase vast vat veil vein vendor vent
verse version verve very vessel vest vet veto via vice victim view village vine virtue vision visit vital voice void
volume vote vow vows wade wage wait wake walk wall wand wander wane want war ward ware warm warmth warn warp wars wary
was wash wasp waste watch water watt wave waving wavy wax way weak weaken wealth weapon wear wearing weary weather web
wed weed week weekend weep weigh weight weighty welcome weld well went wept were west wet whale wharf what whatever
wheat wheel when where whether which while whim whine whip whisper white who whole whom whose why wick wide widow wife
wig wild will willing wilt win wind winder window wine wing wink winner wins winter wipe wire wise wish wit witch with
within witness wits woes woke wolf woman womb women won wonder wood wooden wool word words wore work worker world worm
worn worry worse worst worth would wound wow wrap wren write writer wrong wrote yard yarn yawn year yell yellow yes
yesterday yet yield you young your yours youth zeal zero zest zinc zip zone zoo
"""
COMMON_WORDS = frozenset(_WORDS.split())

_ENDINGS = ("s", "d", "r", "es", "ed", "er", "ly", "ing")


def is_common(word: str) -> bool:
    """Whether a word in small letters is a frequent one, or one with an ending.

    A slip that would write one is not made: the sentence would say something else, and not look mistyped.
    """
    if word in COMMON_WORDS:
        return True
    return any(word.endswith(ending) and word[: -len(ending)] in COMMON_WORDS for ending in _ENDINGS)
