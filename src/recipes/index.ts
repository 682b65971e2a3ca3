import type { Recipe } from '../recipe.ts'
import purePrm from './pure-prm.ts'
import purePrmVr from './pure-prm-vr.ts'
import pureVr from './pure-vr.ts'
import sumForm from './sum-form.ts'

/** Every method by its name. */
export const recipes: readonly Recipe[] = [purePrm, purePrmVr, pureVr, sumForm]
