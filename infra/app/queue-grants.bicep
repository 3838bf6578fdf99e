// Who may do what in one queue, after roles.json.

param accountName string
param queueName string

@description('Of roles.json: who, role, why')
param grants array

@description('Object ids by who: app, topic, writer, subscriber, operator')
param principals object

module each 'queue-grant.bicep' = [for grant in grants: {
  name: take('${queueName}-${grant.who}-${uniqueString(accountName, queueName, grant.role)}', 64)
  params: {
    accountName: accountName
    queueName: queueName
    role: grant.role
    principalIds: principals[grant.who]
    principalType: grant.who == 'app' ? 'ServicePrincipal' : ''
  }
}]
