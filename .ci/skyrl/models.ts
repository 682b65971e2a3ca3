// tsx .ci/skyrl/models.ts FOLDER: the models that a server is tried with, into FOLDER/tiny and FOLDER/policy.
import { writeModels } from '../../test/skyrl/models.ts'

await writeModels(process.argv[2] ?? 'models-to-serve')
