import { z } from 'zod';
import { SOURCES } from '../domain/merge-variable';
import type { ChangeRow } from '../store/typeorm-variable-list';

export const changeSchema = z
  .object({
    id: z.string().describe('Id of the change; later ones are larger'),
    at: z.iso.datetime().describe('When the value was received'),
    variable: z.uuid().describe('Id of the variable'),
    name: z.string().describe('Its component and variable, or its key'),
    attribute: z.string().describe('Which of its values'),
    before: z.string().nullable().describe('Null: no value was known'),
    after: z.string().nullable().describe('Null: the station does not have the variable any more, or shows no value'),
    rebootRequired: z.boolean().describe('The station uses it after its next boot'),
    source: z.enum(SOURCES).describe('`set`: by a command. `report`, `read`, `event`: the station showed another value than before'),
    command: z.uuid().nullable().describe('The command that set or read it'),
    actor: z
      .string()
      .nullable()
      .describe(
        'Who set it: id of an API key, `<issuer>:<subject>` of an access token, `administrator`, or `profile:` and its name; null: the station itself, or a command of its own (see the audit log)',
      ),
  })
  .meta({ id: 'VariableChange', description: 'A value of a variable that changed' });

export function changeView(row: ChangeRow): z.output<typeof changeSchema> {
  const { seq, at, component, variable, attribute, before, after, source, command, actor } = row;
  const name = component === null ? variable : `${component}.${variable}`;
  const shown = { id: seq, at: at.toISOString(), variable: row.variable_id, name, attribute, before, after };
  return { ...shown, rebootRequired: row.reboot_required, source, command, actor };
}
