import { MAX_STATION_GROUP_LENGTH } from '@voltbus/contracts';
import { defineList, oneOf, text, type Resource } from '@voltbus/http';
import { z } from 'zod';
import { RULE_KINDS, type AlertRule } from '../domain/alert-rule';
import { MAX_GROUPS, USUAL_DAYS } from '../limits';

const kindSchema = z.enum(RULE_KINDS).meta({
  id: 'AlertRuleKind',
  description:
    '`offline`: a station is not connected. `fault`: a connector, an EVSE or a station is faulted. `monitor`: an alert of a station, such as a monitor over its threshold, is open. `no-session`: a port that is usually used is not',
});

/** `PUT /v1/alert-rules/{rule}`. */
const putRuleSchema = z
  .strictObject({
    rule: z.string().optional().describe('May repeat the path, which counts'),
    description: text.max(500).nullable().default(null).describe('For people'),
    enabled: z.boolean().default(true).describe('A rule that is not clears its alerts'),
    kind: kindSchema.describe('What it is about'),
    minutes: z.int().min(0).max(43_200).default(15).describe('How long it must have been so; not of `no-session`'),
    days: z.int().min(1).max(90).default(3).describe('Of `no-session`: days without a session'),
    usualSessions: z
      .int()
      .min(0)
      .max(10_000)
      .default(10)
      .describe(`Of \`no-session\`: the least number of sessions in the ${USUAL_DAYS} days before`),
    severity: z
      .int()
      .min(0)
      .max(9)
      .default(3)
      .describe('Of its alerts; of `monitor` also the least severe of those that count. 0 is danger, 9 debug'),
    groups: z
      .array(text.min(1).max(MAX_STATION_GROUP_LENGTH))
      .max(MAX_GROUPS)
      .default([])
      .describe('Stations of one of these groups, without regard to case; empty, the default: of any'),
  })
  .meta({ id: 'AlertRulePut', description: 'An alert rule, whole' });

export const ruleResource: Resource<typeof putRuleSchema, AlertRule> = {
  noun: 'alert rule',
  schema: putRuleSchema,
  guarded: ['enabled'],
  identity: { member: 'rule' },
  writtenAs: ({ rule: _name, ...written }) => written,
};

export const ruleSchema = z
  .object({
    rule: z.string().describe('Its name'),
    description: z.string().nullable().describe('For people'),
    enabled: z.boolean().describe('A rule that is not enabled clears its alerts'),
    kind: kindSchema.describe('What it is about'),
    minutes: z.int().describe('How long it must have been so'),
    days: z.int().describe('Of `no-session`'),
    usualSessions: z.int().describe('Of `no-session`'),
    severity: z.int().describe('Of its alerts'),
    groups: z.array(z.string()).describe('Groups of its stations; empty: any'),
  })
  .meta({ id: 'AlertRule', description: 'When an alert is raised' });

export const ruleNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,100}$/, 'is no name of an alert rule: 1 to 100 letters, digits, and _ . : -');

/** `GET /v1/alert-rules`. */
export const ruleList = defineList({
  item: ruleSchema,
  keys: ['rule'],
  filters: { kind: oneOf(RULE_KINDS).optional().describe('What rules are about') },
  sorts: ['rule'],
  defaultSort: 'rule',
});
