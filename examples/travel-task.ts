// Journeys to plan, whose trips, inns, meals and sights have to be asked for. The environment `travel` answers `{inns Bay=}` and the
// like, and holds the plan, JSON between answer tags, against thirteen constraints.
//
//   npx minform prepare --task ./travel-task.ts --difficulty 0 --out travel --judge-updates 1
//   npx minform sft --model travel/base --task ./travel-task.ts --difficulty 0 --environment travel --out warm
//   npx minform train planner-r1-plans --model warm --task ./travel-task.ts --difficulty 0 --environment travel

import { type Task, travelProblem } from 'minform'

const task: Task = { name: 'travel-task', generate: travelProblem }
export default task
