// Written by `npm run tables` from the files beside it.

import type { Recipe } from '../recipe.ts'
import aDlp from './a-dlp.ts'
import allocation from './allocation.ts'
import aryabhata from './aryabhata.ts'
import bStar from './b-star.ts'
import barfi from './barfi.ts'
import bingo from './bingo.ts'
import bingoCompressed from './bingo-compressed.ts'
import brorl from './brorl.ts'
import calm from './calm.ts'
import calmNamed from './calm-named.ts'
import canon from './canon.ts'
import canonLength from './canon-length.ts'
import capo from './capo.ts'
import card from './card.ts'
import cat from './cat.ts'
import cloud from './cloud.ts'
import clsRl from './cls-rl.ts'
import coReward from './co-reward.ts'
import confclip from './confclip.ts'
import cooper from './cooper.ts'
import copo from './copo.ts'
import crew from './crew.ts'
import dapo from './dapo.ts'
import dgPrm from './dg-prm.ts'
import diver from './diver.ts'
import drGrpo from './dr-grpo.ts'
import eager from './eager.ts'
import eepo from './eepo.ts'
import exgrpo from './exgrpo.ts'
import fapo from './fapo.ts'
import fapoJudge from './fapo-judge.ts'
import flowReasoner from './flow-reasoner.ts'
import gRa from './g-ra.ts'
import genius from './genius.ts'
import grpo from './grpo.ts'
import grpoLambda from './grpo-lambda.ts'
import guiShepherd from './gui-shepherd.ts'
import guide from './guide.ts'
import hero from './hero.ts'
import igpo from './igpo.ts'
import istar from './istar.ts'
import ktae from './ktae.ts'
import lare from './lare.ts'
import lareCoded from './lare-coded.ts'
import lca from './lca.ts'
import lrss from './lrss.ts'
import mcsd from './mcsd.ts'
import mcsdModel from './mcsd-model.ts'
import modelVerifier from './model-verifier.ts'
import mrt from './mrt.ts'
import mrtStar from './mrt-star.ts'
import oni from './oni.ts'
import oniAsked from './oni-asked.ts'
import oreal from './oreal.ts'
import pGrpo from './p-grpo.ts'
import par from './par.ts'
import passAtK from './pass-at-k.ts'
import pathCredit from './path-credit.ts'
import pav from './pav.ts'
import pear from './pear.ts'
import plannerR1 from './planner-r1.ts'
import plannerR1Plans from './planner-r1-plans.ts'
import ppo from './ppo.ts'
import ppr from './ppr.ts'
import prClipDelta from './pr-clip-delta.ts'
import prePpo from './pre-ppo.ts'
import prePpoMixed from './pre-ppo-mixed.ts'
import prime from './prime.ts'
import prlcoder from './prlcoder.ts'
import prof from './prof.ts'
import prore from './prore.ts'
import pspoWrs from './pspo-wrs.ts'
import purePrm from './pure-prm.ts'
import purePrmVr from './pure-prm-vr.ts'
import pureVerl from './pure-verl.ts'
import pureVr from './pure-vr.ts'
import qae from './qae.ts'
import rar from './rar.ts'
import reasoningSql from './reasoning-sql.ts'
import reasoningSqlJudged from './reasoning-sql-judged.ts'
import recap from './recap.ts'
import rehearsal from './rehearsal.ts'
import reinforcePlusPlus from './reinforce-plus-plus.ts'
import rewardAgent from './reward-agent.ts'
import rewardAgentFacts from './reward-agent-facts.ts'
import riskpo from './riskpo.ts'
import rlfr from './rlfr.ts'
import rloo from './rloo.ts'
import rlpr from './rlpr.ts'
import rltr from './rltr.ts'
import rmR1 from './rm-r1.ts'
import rnd from './rnd.ts'
import rover from './rover.ts'
import rpr from './rpr.ts'
import rprModel from './rpr-model.ts'
import rubricTail from './rubric-tail.ts'
import selfChallenging from './self-challenging.ts'
import selfChallengingPairs from './self-challenging-pairs.ts'
import spark from './spark.ts'
import spurious from './spurious.ts'
import stableReinforce from './stable-reinforce.ts'
import sumForm from './sum-form.ts'
import tpGrpo from './tp-grpo.ts'
import tpGrpoTraced from './tp-grpo-traced.ts'
import treeRpo from './tree-rpo.ts'
import truncMc from './trunc-mc.ts'
import trustGrpo from './trust-grpo.ts'
import verlEr from './verl-er.ts'
import vsrm from './vsrm.ts'
import worstStep from './worst-step.ts'
import worstStepVr from './worst-step-vr.ts'

/** Every method of training by its name. */
export const recipes: readonly Recipe[] = [
  aDlp,
  allocation,
  aryabhata,
  bStar,
  barfi,
  bingo,
  bingoCompressed,
  brorl,
  calm,
  calmNamed,
  canon,
  canonLength,
  capo,
  card,
  cat,
  cloud,
  clsRl,
  coReward,
  confclip,
  cooper,
  copo,
  crew,
  dapo,
  dgPrm,
  diver,
  drGrpo,
  eager,
  eepo,
  exgrpo,
  fapo,
  fapoJudge,
  flowReasoner,
  gRa,
  genius,
  grpo,
  grpoLambda,
  guiShepherd,
  guide,
  hero,
  igpo,
  istar,
  ktae,
  lare,
  lareCoded,
  lca,
  lrss,
  mcsd,
  mcsdModel,
  modelVerifier,
  mrt,
  mrtStar,
  oni,
  oniAsked,
  oreal,
  pGrpo,
  par,
  passAtK,
  pathCredit,
  pav,
  pear,
  plannerR1,
  plannerR1Plans,
  ppo,
  ppr,
  prClipDelta,
  prePpo,
  prePpoMixed,
  prime,
  prlcoder,
  prof,
  prore,
  pspoWrs,
  purePrm,
  purePrmVr,
  pureVerl,
  pureVr,
  qae,
  rar,
  reasoningSql,
  reasoningSqlJudged,
  recap,
  rehearsal,
  reinforcePlusPlus,
  rewardAgent,
  rewardAgentFacts,
  riskpo,
  rlfr,
  rloo,
  rlpr,
  rltr,
  rmR1,
  rnd,
  rover,
  rpr,
  rprModel,
  rubricTail,
  selfChallenging,
  selfChallengingPairs,
  spark,
  spurious,
  stableReinforce,
  sumForm,
  tpGrpo,
  tpGrpoTraced,
  treeRpo,
  truncMc,
  trustGrpo,
  verlEr,
  vsrm,
  worstStep,
  worstStepVr,
]
