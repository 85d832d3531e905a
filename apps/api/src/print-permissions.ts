import { permissionsPage } from './permissions-page';

/** Prints docs/reference/permissions.md. Needs no Kafka, Redis or Postgres. */
async function main(): Promise<void> {
  process.stdout.write(await permissionsPage());
}

void main();
