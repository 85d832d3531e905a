/** What became of the request of a car. `unusable`: nothing that the pool gave fits its station; `not-asked`: too many others are under way. */
export type PoolOutcome = 'given' | 'no-contract' | 'unusable' | 'failed' | 'not-asked';
