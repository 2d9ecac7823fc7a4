declare module '*.css';
declare module 'luxon';
