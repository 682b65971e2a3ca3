// The stages of a method, in pipeline order. `credit.softMin` lives in credit/soft-min.ts.

export * as advantages from './advantages/index.ts'
export * as credit from './credit/index.ts'
export * as update from './update/index.ts'
