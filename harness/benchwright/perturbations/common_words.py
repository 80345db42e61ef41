"""Frequent English words of four to seven letters that one slip away from another word make a third one of sense."""

from __future__ import annotations

_WORDS = """
able about above across action active actor added after again against agent agree ahead alive allow alone along
also although always among amount anger angle angry another answer anyone appear apple apply argue army around
arrive article aside asked attack aware away baby back badly ball band bank bare bark base bath beach bean bear
beard beast beat beauty became because become bedroom been beer before began begin being believe bell below bend
best better between bill bird birth bitter black blame blind block blood blow blue board boat body bold bomb
bone book boot bored boring born both bottle bottom bought bound bowl brain branch brand brave bread break
breath brief bright bring broad broken brother brought brown build built bunch burn bury busy buyer cake call
calm came camp card care cared careful cars case cast casual cat caught causal cause center century certain
chain chair chance change charge charm cheap check cheer chest chief child choice chose church circle city claim
class clean clear clever climb clock close closed cloth clothes cloud club coach coal coast coat code coffee
cold collar come comedy comes comic coming common cook cool copy cord core corn corner cost could count country
couple course court cover crash cream create credit crime cross crowd cruel cry cure curse curve dance danger
dare dark data date dead deaf deal dear death debt decide deck deed deep deer defeat defend delay deny desert
design desk dessert detail diary died diet differ dinner direct dirt dirty dish does doing dolls done door doubt
down draft drag drama draw dream dress drew drink drive driver drop drug drum dull dumb during dust duty each
eager early earn earth easily east easy edge effect effort either else empty enable ended enemy energy engine
enjoy enough enter entire equal error escape even evening event ever every evil exact except excuse exist expect
expert extra face fact factor fade fail fair fairly faith fake fall false fame family famous fancy farm fashion
fast fate father fault favor fear feed feel feeling feet fell fellow felt fence fever field fifth fifty fight
figure file fill film final find fine finger finish fire firm first fish five fixed flag flame flash flat flaw
fleet flesh flight float flood floor flow flower fold folk follow food fool foot force foreign forest forget
fork form formal former fort forth forty forward found four frame free fresh friend from front fruit fuel full
fully funny future gain game garden gate gather gave general gentle gift girl give given giver glad glance glass
goal gods goes gold gone good grace grade grand grant grass grave gray great green grew grief gross ground group
grow growth guard guess guest guide guilt habit hair half hall hand handle hang happen happy hard hardly harm
hate have head heal health heap hear heard heart heat heaven heavy held hell hello help hence here hero hers
hidden hide high hill hint hire history hold hole holy home honest honor hook hope horror horse host hotel hour
house however huge human humor hundred hung hunger hungry hunt hurry hurt husband idea image inch income indeed
inner inside instead into iron island issue item itself jail join joke judge juice jump jury just keen keep kept
kick kids kill kind king kiss knee knew knife knock know known lack lady laid lake lamp land lane large last
late later latter laugh law lawn layer lazy lead leader leaf league lean learn least leave left legal lend
length lens less lesson letter level liar lift light like liked likely limb limit line link lion list listen
little live liver living loan local lock lone long longer look loose lord lose loss lost loud love loved lovely
lover lower luck lucky lunch lying made mail main major make maker male mall many march mark market marry mass
master match mate matter maybe meal mean means meant meat medal media meet melt member memory mental mercy mere
merely mess metal method middle might mild mile milk mind mine minor minute mirror miss mixed model modern
moment money monkey month mood moon moral more morning most mother motion motor mount mouse mouth move moved
movie much murder muscle music must mutual myself name named narrow nation native nature near nearly neat neck
need needs nerve never news next nice night nine nobody noise none noon north nose note noted nothing notice
novel nurse object odds offer office often older once ones only open option orange order other others ought ours
over owed owner pace pack page paid pain paint pair pale panel pant paper parent park part party pass past patch
path patient pause peace peak pen people perfect perhaps period person phase phone photo phrase piano pick
picture piece pile pilot pink pipe pitch place plain plan plane planet plant plate play player plea please
plenty plot plus poem poet point poison pole police policy polite pond pool poor popular port pose post pound
pour power praise pray prayer prefer press pretty price pride prime prince print prior prison prize proof proper
proud prove pull pulp pump pure push quarter queen quick quiet quit quite race rage rail rain raise range rank
rare rate rather reach react read reader ready real really rear reason recall recent record reform refuse region
reign reject relate relief remain remark remind remove rent repair repeat reply report rescue rest result retain
return reveal review reward rhyme rich ride rider right ring rise risk river road rock role roll roof room root
rope rose rough round route royal rude ruin rule ruler rural rush sacred safe safety said sail salt same sand
save saved saying scale scene scent school scope score scream screen script sea seat second secret seed seek
seem seems seen sell send sense sent series serve set settle seven severe shade shadow shake shall shame shape
share sharp sheep sheet shelf shell shelter shift shine ship shirt shock shoe shoot shop shore short shot should
shout show shown shut sick side sight sign silent silk silly silver simple simply since sing singer single sink
sister site sixth sixty size skill skin skip sky slave sleep slept slice slide slight slim slip slow slowly
small smart smell smile smoke smooth snake snow soap sober social soft soil sold sole solid some son song soon
sore sort soul sound soup source south space spare speak speed spell spend spent spin spirit spite split spoke
sport spot spread spring square stable staff stage stain stair stake stand star stare start state static station
statue status stay steady steal steam steel steep stem step stick stiff still stir stock stole stone stood stop
store storm story strange stream street strict strike string strip stroke strong struck study stuff stupid style
subtle such sudden suffer sugar suit summer super supply sure surface survey swear sweat sweep sweet swim swing
sword system table tail take taken tale talent talk tall tank tape target task taste taught teach team tear
tears tell ten tend tender tense tent term terms test text than thank that their theirs them theme then there
these they thick thief thin thing think third thirst this those though thought thread threat three threw throat
through throw thus ticket tide tidy tied ties tight till time times tiny tire tired title today together told
tone tongue took tool tooth top torn total touch tough tour toward towel tower town trace track trade trail
train trait trap trash travel treat treaty tree trend trial tribe trick tried trip troop trouble truck true
truly trunk trust truth trying tune turn twelve twenty twice twin twist type ugly uncle under union unite united
unity until untied upon upper upset urban urge used useful user usual vague vain valley value vast verse very
vessel victim view village virtue vision visit vital voice volume vote wage wait wake walk wall want war ward
warm warmth warn wash waste watch water wave weak weaken wealth weapon wear weary weather week weekend weigh
weight welcome well went were west what whatever wheel when where whether which while whip whisper white who
whole whom whose wide widow wife wild will willing wind window wine wing winner winter wipe wire wise wish with
within witness woke woman women wonder wood wooden wool word words wore work worker world worn worry worse worst
worth would wound wrap write writer wrong wrote yard year yell yellow yes yesterday yet yield young your yours
youth zone
"""
COMMON_WORDS = frozenset(_WORDS.split())
"""A slip that would write one of these is not made: the sentence would say something else, and not look mistyped."""
