import { catalogue, type ActionRow } from './catalogue';
import type { VersionSchemas } from './schemas';

/** One module per version: its types, and each action as a typed value. This is what libs/ocpp exports as the version's namespace. */
export function actionValuesModule(version: VersionSchemas): string {
  const values = catalogue(version).map((row) => actionValue(version, row));
  return [
    `import type { Action } from '../action';\n`,
    `import type * as messages from './${version.key}.types';\n`,
    `export type * from './${version.key}.types';\n\n`,
    ...values,
  ].join('');
}

function actionValue({ family, protocol }: VersionSchemas, { action, initiator, kind }: ActionRow): string {
  const response = kind === 'call' ? `messages.${action}Response` : 'undefined';
  const type = `Action<'${family}', '${action}', messages.${action}Request, ${response}, '${initiator}'>`;
  const value = `{ family: '${family}', protocol: '${protocol}', action: '${action}', initiator: '${initiator}' }`;
  return `export const ${action}: ${type} = ${value};\n`;
}
