// What a program that imports minform may use, in the order of the pipeline.

export type * from './engine/engine.ts'
export * from './errors.ts'
export type * from './method.ts'
export { below, hashSeed, pick, type Random, random, shuffled } from './numbers/random.ts'
export type * from './tokenizer/tokenizer.ts'
export type * from './types.ts'

// problems, and what a task of one's own is made of

export { type Malformation, malformations } from './problems/malformed.ts'
export * from './problems/prompt.ts'
export { readProblems } from './problems/read-problems.ts'
export { problemStream, type Split, splitOf, takeProblems } from './problems/splits.ts'
export { type StepVerdict, type Task, type TaskFamily, taskOf } from './problems/tasks/index.ts'
export {
  asMistake,
  type Mistake,
  type MistakeKind,
  type WrongStep,
} from './problems/tasks/mistakes.ts'
export {
  boxedNumber,
  byRule,
  metaText,
  type StepKind,
  type StepRule,
} from './problems/tasks/task.ts'

// models

export { fakeEngine, openFakeEngine } from './engine/fake.ts'
export { type FreshShape, freshConfig, type ModelConfig, type Rope } from './engine/hf/config.ts'
export { type EngineSpec, openEngine } from './engine/open.ts'
export {
  type Downloading,
  type FindOptions,
  type FoundModel,
  findModel,
} from './hub/find-model.ts'
export { carriedModels } from './model-source/carried-models.ts'
export {
  type ChatTemplate,
  chatTemplateFrom,
  loadChatTemplate,
  type Message,
  type RenderOptions,
} from './tokenizer/chat-template.ts'
export {
  type LoadedTokenizer,
  loadTokenizer,
  tokenizerFrom,
} from './tokenizer/load.ts'
export { saveTokenizer, trainBpe } from './tokenizer/train-bpe.ts'

// rollouts and rewards

export { calculator } from './environments/calculator.ts'
export { type ServedOptions, servedEnvironment } from './environments/served.ts'
export { travelProblem } from './environments/travel/problem.ts'
export { type Continued, logprobsAfter } from './rewards/after.ts'
export { both } from './rewards/both.ts'
export { type CommandOptions, commandGrader } from './rewards/command/verifier.ts'
export { counting, type Judged } from './rewards/counting.ts'
export { entropies } from './rewards/entropies.ts'
export { type GateValues, gated } from './rewards/gated.ts'
export { extractAnswer, type GradeRequest, grade } from './rewards/grade/grade.ts'
export { type Policy, type PolicyName, policies } from './rewards/grade/policy.ts'
export type { Grade, Method, Reason } from './rewards/grade/verdict.ts'
export {
  type Answer,
  askedOnce,
  boxedGrader,
  type Failures,
  type Grader,
} from './rewards/grader.ts'
export { outcome } from './rewards/outcome.ts'
export { type PatternLimits, type PatternName, patternNames, shows } from './rewards/patterns.ts'
export { repetitionScore } from './rewards/repetition.ts'
export { stepScores } from './rewards/step-scores.ts'
export { talkedGrader } from './rewards/talked.ts'
export { all, any, weighted } from './rewards/verifiers/combine.ts'
export { exactString } from './rewards/verifiers/exact-string.ts'
export { formatCheck } from './rewards/verifiers/format-check.ts'
export { gsm8k } from './rewards/verifiers/gsm8k.ts'
export { math } from './rewards/verifiers/math.ts'
export { multipleChoice } from './rewards/verifiers/multiple-choice.ts'
export { numberNear } from './rewards/verifiers/number-near.ts'
export { pairVerdict } from './rewards/verifiers/pair-verdict.ts'
export { type Verdict, type Verifier, verdictOf } from './rewards/verifiers/verifier.ts'
export type { Answers, Environment, Score, Talk } from './rollouts/environment.ts'
export {
  type Extension,
  extend,
  isOver,
  type Path,
  type Until,
  unbegun,
} from './rollouts/extend.ts'
export { type Continuation, fromPrefix, type Prefix, prefixOf } from './rollouts/from-prefix.ts'
export { independent } from './rollouts/independent.ts'
export type { Sampler } from './rollouts/sampler.ts'
export { samplerIn } from './rollouts/sampler-in.ts'
export { splitSteps } from './rollouts/split-steps.ts'
export { asRollout, type TextRollout, textRollout } from './rollouts/text-rollout.ts'

// search: one answer out of many, by a policy and a judge of steps; its names stand together, as `search.beam(...)`

export { pathJudge } from './prm/score/path-judge.ts'
export * as search from './search/index.ts'

// code in files of a user's own

export { type LoadedEnvironment, loadEnvironment } from './user/environment.ts'
export { type Code, type Loaded, loadUserModule } from './user/load.ts'
export { type LoadedRecipe, loadRecipe } from './user/recipe.ts'
export { type RewardOptions, rewardGrader } from './user/reward.ts'
export { openTask } from './user/task.ts'

// credit, advantages and update; creditSteps makes a rule from a function of one rollout's step rewards

export { creditSteps } from './credit/steps.ts'
export * from './stages.ts'

// recipes, and one iteration of a method

export { type Iteration, iterate, type Learner } from './iterate.ts'
export * from './recipe.ts'
export { recipes } from './recipes/index.ts'

// supervised learning, process reward models, evaluation

export { type Accuracy, accuracy, type Evaluation, evaluate } from './eval/accuracy.ts'
export { averageAtN, meanPassAtK, passAtK, type Tally } from './eval/pass-at-k.ts'
export { type Audit, type AuditRow, audit } from './prm/audit/audit.ts'
export { auc } from './prm/evaluate/auc.ts'
export * from './prm/evaluate/best-of-n.ts'
export { asShare, type Calibration, calibration } from './prm/evaluate/calibration.ts'
export * from './prm/evaluate/first-error.ts'
export { type GradedSets, gradedCandidates } from './prm/evaluate/graded-candidates.ts'
export {
  evaluatePrm,
  judgeScores,
  type LabelledScores,
  type PrmQuality,
} from './prm/evaluate/judge-scores.ts'
export * from './prm/evaluate/prm-score.ts'
export { type Ranked, type RankingQuality, rankingQuality } from './prm/evaluate/ranking.ts'
export { reliabilityPlot } from './prm/evaluate/reliability-plot.ts'
export { bestThreshold, type ChosenThreshold } from './prm/evaluate/threshold.ts'
export { type Choice, type VoteName, type VoteRule, voteRules } from './prm/evaluate/votes.ts'
export { aggregationsOf, wholeScore } from './prm/evaluate/whole-score.ts'
export type { Candidate, CandidateSet } from './prm/formats/candidates.ts'
export {
  type FormatName,
  formatNames,
  formatsOf,
  stepFormats,
} from './prm/formats/index.ts'
export { labelledRowOf } from './prm/formats/minform.ts'
export {
  type BadRow,
  labelledSolutions,
  type ReadOptions,
  readLabelled,
} from './prm/formats/read.ts'
export {
  type CandidateFormatName,
  candidateFormatNames,
  candidateFormats,
  readCandidates,
} from './prm/formats/read-candidates.ts'
export { type TrlRow, trlRowOf } from './prm/formats/trl.ts'
export * from './prm/label/accuracy.ts'
export { type AdaptiveOptions, adaptive } from './prm/label/adaptive.ts'
export { type BinarySearchOptions, binarySearch } from './prm/label/binary-search.ts'
export { type ConsensusOptions, consensus } from './prm/label/consensus.ts'
export * from './prm/label/labeler.ts'
export * from './prm/label/labelled.ts'
export { type LabelMethod, labelMethodOf, labelMethods } from './prm/label/methods/index.ts'
export { type MonteCarloOptions, monteCarlo } from './prm/label/monte-carlo.ts'
export { type Mutate, type MutationOptions, mutations } from './prm/label/mutation.ts'
export { type OmegaOptions, omega, searchTree } from './prm/label/omega.ts'
export { treeRecord } from './prm/label/omega-labels.ts'
export { byOracle } from './prm/label/oracle.ts'
export {
  type Finished,
  type RunOptions,
  runLabellings,
  type Services,
  type Spent,
} from './prm/label/run.ts'
export type { OmegaTree } from './prm/label/state-tree.ts'
export * from './prm/label/work.ts'
export { openScorer } from './prm/score/open.ts'
export type { ScorerSpec } from './prm/score/spec.ts'
export {
  firstBelow,
  type LabelledSolution,
  type LabelMeaning,
  type Solution,
} from './prm/solution.ts'
export { classifiedExamples } from './prm/train/examples.ts'
export { labelTokenExamples } from './prm/train/label-examples.ts'
export { defaultRule, type LabelMode, type LabelRule, learnedLabels } from './prm/train/labels.ts'
export { crossEntropy } from './prm/train/losses/cross-entropy.ts'
export { implicitCrossEntropy } from './prm/train/losses/implicit-cross-entropy.ts'
export { implicitDpo } from './prm/train/losses/implicit-dpo.ts'
export { implicitNca } from './prm/train/losses/implicit-nca.ts'
export { labelToken } from './prm/train/losses/label-token.ts'
export type {
  LabelLoss,
  LogitLoss,
  Response,
  ResponseLoss,
  Terms,
} from './prm/train/losses/loss.ts'
export { qRanking } from './prm/train/losses/q-ranking.ts'
export { squaredError } from './prm/train/losses/squared-error.ts'
export { twoHeads } from './prm/train/losses/two-heads.ts'
export { prmMethodOf, prmMethods } from './prm/train/methods/index.ts'
export type {
  Examples,
  LeftOut,
  PrmMethod,
  View,
} from './prm/train/methods/method.ts'
export {
  type ClassifiedExample,
  type Objective,
  ofClasses,
  ofLabelTokens,
  ofLogits,
  ofResponses,
  type ResponseExample,
  withReference,
} from './prm/train/objective.ts'
export { pairsOf, responsesOf } from './prm/train/responses.ts'
export { closingLabels, tokenLabels } from './prm/train/sequence.ts'
export { type PrmSchedule, trainPrm } from './prm/train/trainer.ts'
export {
  chosenThreshold,
  type JudgedSteps,
  judgedSteps,
  type Validation,
  validation,
} from './prm/train/validation.ts'
export { answerClasses } from './rewards/grade/answer-classes.ts'
export type { PrmSource } from './train/prm-data.ts'
export type {
  PrmCourse,
  PrmKeeping,
  PrmLabels,
  PrmRequest,
  PrmStart,
} from './train/prm-request.ts'
export {
  type PrmReport,
  type PrmResult,
  trainRewardModel,
} from './train/prm-training.ts'
export { type Example, learnTexts, type Schedule } from './train/supervised.ts'

// runs: all that a command does, the loop alone, and the parts of it for a loop of one's own

export { type LogLine, type RunReader, readRun } from './runs/reader.ts'
export { type KeptRollouts, keptRollouts, type Recall, recallFrom } from './runs/recall.ts'
export { type RolloutRow, rolloutRows, type StoredRollout } from './runs/rollout-table.ts'
export { createRun, type MetricsLine, type RunWriter, resumeRun } from './runs/writer.ts'
export {
  type Alarm,
  type AlarmPolicy,
  type AlarmState,
  nothingSeen,
  suspectSince,
  watch,
} from './train/alarms.ts'
export {
  type Learning,
  restoreCheckpoint,
  saveCheckpoint,
  startState,
  type TrainingState,
  type Validated,
} from './train/checkpoints.ts'
export { askedCorpus, type Corpus, fileCorpus, openCorpus, taskCorpus } from './train/corpus.ts'
export {
  type EnvironmentRequest,
  type OpenEnvironment,
  openEnvironment,
  talkedMethod,
} from './train/environment.ts'
export { type OpenGrader, openGrader } from './train/grader.ts'
export { computedGroups } from './train/iteration.ts'
export { openJudge, type RunJudge } from './train/judge.ts'
export { train } from './train/loop.ts'
export { iterationMetrics, type Metrics, stepLabels } from './train/metrics.ts'
export { type AtHand, needsOf } from './train/needs.ts'
export { correctedMethod } from './train/precision.ts'
export {
  type Asked,
  keepPrompt,
  nothingSaid,
  type PromptWish,
  promptOf,
  storedPrompt,
} from './train/prompting.ts'
export type { RunReport, TrainingReport } from './train/report.ts'
export type { Settings, TrainingRequest } from './train/request/request.ts'
export { runTraining } from './train/run.ts'
export { type RecipeFinder, storedRequest } from './train/stored-request.ts'
export type { TrainingPlan, TrainingResult } from './train/training.ts'
