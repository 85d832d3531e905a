export { CdrHttpModule, CdrWorkerModule } from './cdr.module';
export { SCHEMA, migrations } from './store/migrations';
export { TABLES } from './store/tables';
