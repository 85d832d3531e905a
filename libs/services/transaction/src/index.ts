export { TransactionHttpModule, TransactionWorkerModule } from './transaction.module';
export { SCHEMA, migrations } from './store/migrations';
export { TABLES } from './store/tables';
