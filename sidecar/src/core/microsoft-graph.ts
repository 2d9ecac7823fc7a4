/**
 * Subscriptions to Teams resources that a tenant may have, all applications together.
 * https://learn.microsoft.com/graph/change-notifications-overview#subscription-quotas
 */
export const SUBSCRIPTION_QUOTA = 10_000;

/**
 * Microsoft Graph Change Tracking: the application that publishes change notifications, in every tenant of the worldwide cloud.
 * https://learn.microsoft.com/graph/change-notifications-with-resource-data#how-to-validate
 */
export const PUBLISHER_APP_ID = '0bf30f3b-4a52-48df-9a82-234910c4a086';
