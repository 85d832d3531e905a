import { runTask } from '@voltbus/runtime';
import { SCHEMAS } from './schemas';
import { setUp } from './set-up';

void runTask({ name: 'setup', run: ({ bus, settings, logger }) => setUp({ bus, url: settings.DATABASE_URL, schemas: SCHEMAS, logger }) });
