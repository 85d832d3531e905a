import { MAX_STATION_GROUP_LENGTH, TARIFF_NAME } from '@voltbus/contracts';
import { text, type Resource } from '@voltbus/http';
import { z } from 'zod';
import { ASSIGNMENT_KINDS, type TariffAssignment } from '@voltbus/pricing';

export const assignmentKindSchema = z
  .enum(ASSIGNMENT_KINDS)
  .meta({ id: 'TariffAssignmentKind', description: 'Groups of tokens or of stations; that of a token goes first' });
/** A group as tokens and stations name it. It exists by being named: any text of this form is one (ADR 64). */
export const groupSchema = text.min(1).max(MAX_STATION_GROUP_LENGTH);

/** `PUT /v1/tariff-assignments/{kind}/{group}`. */
const putAssignmentSchema = z
  .strictObject({
    tariff: z.string().regex(TARIFF_NAME, 'no name of a tariff').describe('Applies to sessions that start from now on'),
  })
  .meta({ id: 'TariffAssignmentPut', description: 'The tariff of a group' });

export const assignmentResource: Resource<typeof putAssignmentSchema, TariffAssignment> = {
  noun: 'assignment',
  schema: putAssignmentSchema,
  writtenAs: ({ tariff }) => ({ tariff }),
};

export const assignmentSchema = z
  .object({ kind: assignmentKindSchema.describe('What the group is of'), group: z.string(), tariff: z.string() })
  .meta({ id: 'TariffAssignment', description: 'The tariff of a group of tokens or of stations' });
