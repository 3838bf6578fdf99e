// Who may do what in one container, after roles.json.

param accountName string
param containerName string

@description('Of roles.json: who, role, why')
param grants array

@description('Object ids by who: app, topic, writer, subscriber, operator')
param principals object

@description('Definition id of the writer\'s role, which is not built in')
param writerRoleId string = ''

module each 'container-grant.bicep' = [for grant in grants: {
  name: take('${containerName}-${grant.who}-${uniqueString(accountName, containerName, grant.role)}', 64)
  params: {
    accountName: accountName
    containerName: containerName
    role: grant.role
    principalIds: principals[grant.who]
    principalType: contains([
      'app'
      'topic'
    ], grant.who) ? 'ServicePrincipal' : ''
    writerRoleId: writerRoleId
  }
}]
