export { RouterHttpModule, RouterWorkerModule } from './router.module';
export { SCHEMA, migrations } from './store/migrations';
export { TABLES } from './store/tables';
