/** Sends the sign-in's answer on without a click. */
const form = document.getElementById('post-back');
if (form instanceof HTMLFormElement) form.submit();

export {};
