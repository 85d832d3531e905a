import { z } from 'zod';

/** Anomalies of a session by flag: what happened, and what it means for the bill. Flags may be added; none changes its meaning. */
export const FLAGS = {
  clock: ["the station's clock could not be believed", 'times are those of arrival'],
  'clock-set-back': [
    'the clock of the station was set back in mid session: readings from before and after it lie in turn',
    'none: a register that only rises has not lost its count',
  ],
  concurrent: ['the token was charging elsewhere already, and may not', 'none: the station let it charge'],
  'corrected-by-hand': ['an operator corrected its energy or times', 'the values of the operator count'],
  'ended-by-hand': ['an operator ended a session that its station never stopped', 'ends at the time that the operator gave'],
  'energy-doubtful': [
    'start and stop give an energy that is a hundred times less or more than the readings between, or their power x time: a wrong unit, as a rule; or registers of two kinds give different energies',
    'none: a person should look',
  ],
  'energy-implausible': [
    'more energy than physics allows in the time of the session',
    'what is possible of it is billed, which may be nothing: a person should look',
  ],
  'evidence-cut': [
    'signed data was too large, or too much, to go with the bill; all of it is kept with the readings (`GET /v1/transactions/{id}/meter-values`)',
    'none: energy comes from the registers',
  ],
  'failed-start': ['no cable was plugged in in time, or the station ended the session at once', 'costs nothing'],
  'foreign-reservation': [
    'the station named a reservation that is of another token and group, or that another session had used',
    'none: the session has no reservation',
  ],
  gap: ["the station's sequence numbers show that messages are missing", 'energy comes from the registers that did arrive'],
  'id-reused': ['the station used the id of an earlier session of its own again', 'none: each session is billed by itself'],
  'implicit-end': ['the station never reported the end; something later showed it', 'ends with its last message'],
  'interval-energy': ['the meter reported no register, but the energy of each interval', 'the sum of the intervals'],
  'master-pass': ['a token that may only end sessions began one', 'none: the station let it charge'],
  'matched-stop': [
    'the end named no transaction; it was taken for that of the only one it could mean',
    'ends with the contents of that message',
  ],
  'missing-members': [
    'a message about it lacked members that the specification demands, or a token was blank',
    'what is there counts; times that are missing are those of arrival',
  ],
  'mixed-registers': [
    'registers of two kinds were read in turn, as those of the session and of the lifetime',
    'what the one rose by that start and stop are of, never the difference of two kinds',
  ],
  'no-authority': ['the authorization service gave no answer about the token, and never had', 'none'],
  'no-credit': ['the token was paid beforehand and had nothing left', 'none: the station let it charge'],
  'no-energy': ['no reading from which energy could be calculated', '0 Wh; what is fixed and timed is charged'],
  'no-end-reading': ['no reading of the register at the end', 'energy until the last reading that there is'],
  'no-start': ['the beginning never arrived', 'it starts with its first message'],
  'no-start-reading': ['no reading of the register at the beginning', 'energy from the first reading that there is'],
  'no-tariff': ['no tariff applied', "costs nothing, in the tenant's currency"],
  'not-accepted': ['the station was not accepted when it charged', 'none'],
  'number-out-of-range': [
    'the station wrote a number that is none, or is larger than any that can be meant',
    'none from that number; it is kept as it was written or as the largest there is, or left out',
  ],
  offline: ['the station was offline when it happened', "reported later; times are the station's"],
  'orphan-stop': ['an end of an unknown transaction', 'a session of its own, with the contents of the end'],
  'quirk-applied': [
    'a message about it was read by a quirk that is switched on for the station',
    'what was read so counts, as energy in kWh or a local time',
  ],
  'quirk-switched': [
    'a quirk by which its energy or times are read was switched in mid session: values from before and after it do not fit together',
    'none: a person should look',
  ],
  'register-jump': [
    'a step of the register that is impossible in its time (1 MW at most), or a single reading that fits none beside it',
    'the step is not billed: energy before and after it is',
  ],
  'register-reset': ['the meter went backwards', 'the stretches before and after are added up'],
  'repeated-start': [
    'the beginning was reported again with another time, by the same card at the same register, before anything else',
    'the first counts',
  ],
  'second-start': ['the beginning was reported again, with other contents', 'the first counts'],
  'second-stop': [
    'the end was reported again, with another register or reason',
    'the first that was received counts, and no reading of the second',
  ],
  'silent-end': ['no message arrived about it for so long that it was taken to be over', 'ends with its last message'],
  'start-register-doubtful': [
    'the session began at 0, and the next reading is further from it than the meter ever counts: a placeholder, as a rule',
    'a step that is possible in its time is billed: a person should look',
  ],
  'state-contradicted': [
    'the station reported charging or not charging, and its meter contradicted it for minutes',
    'the time is counted by the meter',
  ],
  'stop-before-start': [
    'by the clock of its station it ended before it began, or the register at its end is below that at its beginning',
    'no time, or no energy, lies between them: a person should look',
  ],
  'tariff-missing': ['a tariff was assigned that is not there', 'the next one that applies'],
  'time-implausible': [
    'a time of it is believed, but is more than 14 hours ahead of its arrival, or more than 7 days before it and not reported as offline',
    "times are the station's: a person should look",
  ],
  'token-blocked': ['the token was blocked', 'none: the station let it charge'],
  'token-expired': ['the token had expired', 'none: the station let it charge'],
  'token-invalid': ['the token was not valid', 'none: the station let it charge'],
  'unknown-token': ['the token was not known', 'none: the station let it charge'],
  'wrong-evse': ['the token may not charge at this EVSE', 'none: the station let it charge'],
  'wrong-place': ['the token may not charge at this station', 'none: the station let it charge'],
  'wrong-time': ['the token may not charge at this time', 'none: the station let it charge'],
} as const satisfies Readonly<Record<string, readonly [happened: string, bill: string]>>;

/** Every flag there is: a closed union in code, open for readers of the API and the topics. */
export type Flag = keyof typeof FLAGS;

/**
 * A flag as it is read. The cast is for the compiler alone, which refuses a misspelt flag in a rule: at run time, and for readers of the published
 * schema, a flag is any string, because a newer publisher may have flags that this version does not know.
 */
export const flagSchema = z.string() as z.ZodType<Flag>;

/** `docs/reference/flags.md`. */
export function flagsPage(): string {
  const rows = Object.entries(FLAGS).map(([flag, [happened, bill]]) => `| \`${flag}\` | ${happened} | ${bill} |`);
  return `# Flags: what was odd about a session

<!-- by \`npm run docs:asyncapi\` from libs/contracts/src/flags.ts -->

\`flags\` of a transaction and of its CDRs. No session is refused for being odd; it is billed by what is known, and shows its flags. A flag keeps its meaning, and new
flags may be added; a session without flags is regular.

| flag | what happened | what it means for the bill |
| --- | --- | --- |
${rows.join('\n')}
`;
}
