import { describeModule } from '@voltbus/http';
import { ApiModule } from './api.module';

/** Prints the API's description, for docs/reference/openapi.json. Needs no Kafka, Redis or Postgres. */
async function main(): Promise<void> {
  process.stdout.write(`${JSON.stringify(await describeModule(ApiModule), null, 2)}\n`);
}

void main();
