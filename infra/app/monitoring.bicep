// Logs: a workspace, and Application Insights that takes telemetry by Entra identity only.

param workspaceName string
param componentName string
param location string
param tags object
param logDays int
param appPrincipalId string

var roles = loadJsonContent('../roles.json')

resource workspace 'Microsoft.OperationalInsights/workspaces@2023-09-01' = {
  name: workspaceName
  location: location
  tags: tags
  properties: {
    sku: {
      name: 'PerGB2018'
    }
    retentionInDays: logDays
    features: {
      disableLocalAuth: true
      enableLogAccessUsingOnlyResourcePermissions: true
    }
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' = {
  name: componentName
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    DisableLocalAuth: true
    IngestionMode: 'LogAnalytics'
    WorkspaceResourceId: workspace.id
  }
}

resource grants 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for grant in roles.assignments.insights: {
  name: guid(component.id, appPrincipalId, grant.role)
  scope: component
  properties: {
    principalId: appPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.definitions[grant.role].id)
  }
}]

output connectionString string = component.properties.ConnectionString
output workspaceId string = workspace.id
